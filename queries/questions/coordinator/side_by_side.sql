-- meaning: What is known of people who may be one, field by field and as the files write it
-- grain: one row per person, field and value
-- role: coordinator
-- parameters:
--   people text = null: Ids of people, with commas between them; none means everyone who waits for a decision
-- returns:
--   person_id id: The person
--   field text: name, email, linkedin, number, organisation, job_title, audience, country, region, member, session, file, first_seen
--   value text: What it says; of member the word yes, of session the title of a meeting the person came to
--   detail text: Name of the organisation in the list of organisations; the source of a number
--   lines integer rows: Lines that say it; empty where that is not counted
--   from_on date: First day it holds, or the day of the meeting or file
--   to_on date: Day it ended; empty when it did not
with asked as (
    select distinct sighting.person_id
    from core.waiting_sighting as sighting
    where $people is null or list_contains(string_split($people::varchar, ','), sighting.person_id::varchar)
),

sighting as (
    select sighting.* from core.waiting_sighting as sighting join asked using (person_id)
),

placed as (
    select
        affiliation.person_id, organisation.name, affiliation.unit, affiliation.starts_on, affiliation.ends_on
    from core.affiliation
    join asked using (person_id)
    join core.organisation using (organisation_id)
),

told as (
    select person_id, 'name' as field, name as value, null as detail, sum(lines) as lines, null::date as from_on, null::date as to_on
    from sighting
    where name <> ''
    group by person_id, name
    union all
    select
        person_id, case kind when 'external' then 'number' else kind end,
        case kind when 'external' then regexp_extract(key, '[^:]*$') else substr(key, length(kind) + 2) end,
        case kind when 'external' then regexp_extract(key, '^external:(.*):[^:]*$', 1) end,
        null, null, null
    from core.person_key
    join asked using (person_id)
    where kind in ('email', 'linkedin', 'external')
    union all
    select person_id, 'organisation', concat_ws(', ', name, unit), null, null, min(starts_on), max(ends_on)
    from placed
    group by person_id, name, unit
    union all
    select person_id, field, value, null, null, null, null
    from (
        unpivot (select person_id, job_title, audience, country, region from core.person join asked using (person_id))
        on job_title, audience, country, region
        into name field value value
    )
    union all
    select person_id, 'member', 'yes', null, null, case when start_is_known then starts_on end, ends_on
    from core.membership
    join asked using (person_id)
    union all
    select person_id, 'session', session.title, session.session_id::varchar, null, session.starts_at::date, null
    from core.attendance
    join asked using (person_id)
    join core.session using (session_id)
    where attendance.was_present
    union all
    select person_id, 'file', source_file.file, source_file.source, sum(lines), source_file.received_at::date, null
    from sighting
    join core.source_file using (sha256)
    group by person_id, source_file.file, source_file.source, source_file.received_at::date
    union all
    select person_id, 'first_seen', first_received_at::date::varchar, null, null, first_received_at::date, null
    from core.person
    join asked using (person_id)
)

select person_id, field, value, detail, lines::bigint as lines, from_on, to_on
from told
order by person_id, field, from_on nulls last, value, detail
