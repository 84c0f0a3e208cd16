-- meaning: Who was at which meeting, and for how long
-- grain: one row per meeting and person
-- role: coordinator
-- parameters: none
-- returns: core.attendance
with stretch as (
    select
        placed.session_id, person_of.person_id, told.sha256,
        greatest(told.joined_at, session.starts_at) as begins_at,
        least(told.left_at, session.ends_at) as stops_at,
        told.minutes, told.checked_in, told.role
    from staging.attendance as told
    join staging.person_of using (identity)
    join staging.occasion_session as placed on placed.occasion = told.occasion
    join core.session on session.session_id = placed.session_id
),

counted as (
    select
        session_id, person_id,
        count(*) as stretches,
        min(begins_at) as begins_at,
        max(stops_at) as stops_at,
        any_value(minutes) as minutes,
        bool_or(checked_in) as checked_in,
        bool_or(role in ('host', 'co-host', 'organizer', 'organiser', 'organisator', 'facilitator')) as is_host
    from stretch
    group by session_id, person_id
),

-- Only people who came back in, or were written twice, need their stretches united.
again as (
    select stretch.*
    from stretch
    join counted using (session_id, person_id)
    where counted.stretches > 1
),

uncovered as (
    select
        session_id, person_id,
        greatest(begins_at, max(stops_at) over (
            partition by session_id, person_id order by begins_at, stops_at
            rows between unbounded preceding and 1 preceding
        )) as begins_at,
        stops_at
    from again
    where stops_at >= begins_at
),

united as (
    select session_id, person_id, sum(greatest(date_diff('second', begins_at, stops_at), 0)) / 60.0 as minutes
    from uncovered
    group by session_id, person_id
),

-- Lengths without times add up within a file; two files tell of the same presence.
told_lengths as (
    select session_id, person_id, max(minutes) as minutes
    from (
        select session_id, person_id, sha256, sum(minutes) as minutes
        from again
        group by session_id, person_id, sha256
    )
    group by session_id, person_id
),

measured as (
    select
        counted.session_id, counted.person_id, counted.stretches, counted.checked_in,
        coalesce(counted.is_host, false) as is_host,
        case
            when counted.stretches > 1 then coalesce(united.minutes, told_lengths.minutes)
            when counted.begins_at is not null and counted.stops_at is not null
                then greatest(date_diff('second', counted.begins_at, counted.stops_at), 0) / 60.0
            else counted.minutes
        end::double as minutes
    from counted
    left join united using (session_id, person_id)
    left join told_lengths using (session_id, person_id)
)

select
    measured.session_id, measured.person_id, measured.minutes, measured.stretches, measured.is_host,
    case
        when measured.checked_in then true
        when measured.minutes is null then measured.checked_in is null
        else measured.minutes >= least(
            network.minimum_minutes,
            coalesce(date_diff('second', session.starts_at, session.ends_at) / 60.0 * 0.25, network.minimum_minutes)
        )
    end as was_present
from measured
join core.session using (session_id)
cross join core.network
