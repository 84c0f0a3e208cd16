-- meaning: From which files the answer to a question is made
-- grain: one row per landed file
-- role: communication
-- parameters:
--   question text = growth: The question that is asked after
-- returns:
--   file text: Name as received
--   source text: Mapping or format that read it
--   sha256 text: Fingerprint of the file
--   received_at timestamp UTC: When Kring received it
--   rows_read integer rows: Rows in the file
--   rows_used integer rows: Rows that count
--   rows_rejected integer rows: Rows refused
--   status text: What became of it
select file, source, sha256, received_at, rows_read, rows_used, rows_rejected, status
from core.source_file
where list_has_any(
    list_transform(string_split(coalesce(feeds, ''), ','), lambda each: trim(each)),
    (select coalesce(list(feed), []) from core.question_feed where question = $question::varchar)
)
order by received_at desc, file, sha256
