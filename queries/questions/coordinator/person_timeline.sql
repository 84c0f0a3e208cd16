-- meaning: What happened with one person, the newest first, and which line of which file tells it
-- grain: one row per fact
-- role: coordinator
-- parameters:
--   person text = null: The person, by id; nothing finds nothing
-- returns:
--   happened_on date: Day; empty when no file says it
--   kind text: joined, left, attended, hosted, brief, missed, registered, waitlisted, cancelled, declined, contributed or worked
--   subject text: Working group (empty means the network), meeting, organisation, or what was written
--   detail text: Meeting that a text is about, or unit within the organisation
--   minutes number minutes: Time present, where it is known
--   day_is_known boolean: Whether the day is told, and not only when Kring first saw it
--   file text: Name of the file as received
--   received_on date: Day on which Kring received it
--   line integer: Line in the file
--   sha256 text: Fingerprint of the file
with who as (
    select try_cast($person as uuid) as person_id
),

stretch as (
    select null as working_group, starts_on, ends_on, start_is_known
    from core.membership
    semi join who using (person_id)
    union all
    select working_group, starts_on, ends_on, start_is_known
    from core.working_group_membership
    semi join who using (person_id)
),

edge as (
    select 'joined' as kind, working_group, starts_on as on_day, start_is_known as day_is_known
    from stretch
    union all
    select 'left', working_group, ends_on, true
    from stretch
    where ends_on is not null
),

-- A row that says this very day tells it best, then the newest.
told_edge as (
    select
        edge.kind, edge.working_group, edge.on_day, edge.day_is_known,
        max({
            'fits': coalesce(if(edge.kind = 'joined', row.joined_on, row.left_on) = edge.on_day, false),
            'at': row.received_at, 'file_id': row.file_id, 'line': row.line
        }) as source
    from edge
    left join (from core.listing semi join who using (person_id)) as row
        on edge.working_group is null or row.working_group = edge.working_group
    group by all
),

met as (
    select
        session_id, attendance.minutes,
        case
            when is_host then 'hosted'
            when was_present then 'attended'
            when minutes > 0 then 'brief'
            else 'missed'
        end as kind,
        file_id, line
    from core.attendance
    semi join who using (person_id)
),

enrolled as (
    select
        session_id, null as minutes,
        case
            when status <> 'registered' then status
            when figures.source in ('named', 'both') and held_on < as_of then 'missed'
            else 'registered'
        end as kind,
        file_id, line
    from core.registration
    semi join who using (person_id)
    anti join met using (session_id)
    left join marts.session_figures as figures using (session_id)
    cross join core.network
),

fact as (
    select
        on_day as happened_on, kind, working_group as subject, null as detail, null as minutes, day_is_known,
        source.file_id as file_id, source.line as line
    from told_edge
    union all
    select held_on, met.kind, title, null, met.minutes, true, file_id, line
    from (from met union all from enrolled) as met
    join core.session using (session_id)
    union all
    select
        coalesce(timezone(time_zone, timezone('UTC', contributed_at))::date, held_on),
        'contributed', text, title, null, true, file_id, line
    from core.contribution
    semi join who using (person_id)
    left join core.session using (session_id)
    cross join core.network
    union all
    select starts_on, 'worked', organisation.name, unit, null, true, file_id, line
    from core.affiliation
    semi join who using (person_id)
    join core.organisation using (organisation_id)
)

select
    happened_on, kind, subject, detail, minutes::double as minutes, day_is_known,
    file, timezone(time_zone, timezone('UTC', received_at))::date as received_on, line, sha256
from fact
cross join core.network
left join core.source_file using (file_id)
order by
    happened_on desc nulls last,
    list_position(
        ['left', 'hosted', 'attended', 'brief', 'missed', 'registered', 'waitlisted', 'cancelled', 'declined', 'contributed', 'worked', 'joined'],
        kind
    ),
    subject nulls last, line, sha256
