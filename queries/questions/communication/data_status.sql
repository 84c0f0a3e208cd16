-- meaning: Which sources there are, how fresh they are and what they brought
-- grain: one row per source
-- role: communication
-- parameters: none
-- returns:
--   source text: Mapping or format
--   last_received_at timestamp UTC: When the newest file was received
--   newest_on date: Newest day its rows tell of
--   files integer files: Files received
--   rows integer rows: Rows that count
--   rejected integer rows: Rows refused
--   status text: fresh, partial, late, needs_mapping, held or failed
select source, last_received_at, newest_on, files, rows, rejected, status
from marts.source_status
order by source
