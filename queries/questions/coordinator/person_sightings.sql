-- meaning: How the files write one person: every name and address, and where it stands
-- grain: one row per way of writing and file
-- role: coordinator
-- parameters:
--   person text = null: The person, by id; nothing finds nothing
-- returns:
--   name text: Name as written
--   email text: E-mail address as written
--   linkedin_url text: LinkedIn address as written
--   feed text: What the row means: membership, contact, registration, attendance or contribution
--   file text: Name of the file as received
--   received_on date: Day on which Kring received it
--   line integer: First line in the file
--   lines integer rows: How many lines write it so
--   sha256 text: Fingerprint of the file
with told as (
    select feed, file_id, line, writing_id, 1 as times
    from core.listing where person_id = try_cast($person as uuid)
    union all
    select 'registration', file_id, line, writing_id, 1
    from core.registration where person_id = try_cast($person as uuid)
    union all
    select 'attendance', file_id, line, writing_id, stretches
    from core.attendance where person_id = try_cast($person as uuid)
    union all
    select distinct 'contribution', file_id, line, writing_id, 1
    from core.contribution where person_id = try_cast($person as uuid)
),

gathered as (
    select writing_id, feed, file_id, min(line) as line, sum(times)::bigint as lines
    from told
    group by writing_id, feed, file_id
)

select
    writing.name, writing.email, writing.linkedin_url,
    feed, file, timezone(time_zone, timezone('UTC', coalesce(received_at, first_received_at)))::date as received_on,
    line, lines, sha256
from core.person_writing as writing
cross join core.network
left join gathered using (writing_id)
left join core.source_file using (file_id)
where person_id = try_cast($person as uuid)
order by received_on desc nulls last, file, line, name, email, linkedin_url
