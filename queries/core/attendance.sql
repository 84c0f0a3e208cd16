-- meaning: Who was at which meeting, and for how long
-- grain: one row per meeting and person
-- role: coordinator
-- parameters: none
-- returns: core.attendance
with meeting as (
    select
        placed.occasion, session.session_id, session.starts_at, session.ends_at,
        least(
            network.minimum_minutes,
            coalesce(date_diff('second', session.starts_at, session.ends_at) / 60.0 * 0.25, network.minimum_minutes)
        ) as enough_minutes
    from staging.occasion_session as placed
    join core.session using (session_id)
    cross join core.network
),

stretch as materialized (
    select
        meeting.session_id, person_of.person_id, meeting.enough_minutes, hash(told.sha256) as file, told.line, told.identity,
        case when told.joined_at is not null then greatest(told.joined_at, meeting.starts_at) end as begins_at,
        case when told.left_at is not null then least(told.left_at, meeting.ends_at) end as stops_at,
        told.minutes, told.checked_in,
        coalesce(
            told.role in ('host', 'co-host', 'organizer', 'organiser', 'organisator', 'facilitator'), false
        ) as is_host
    from staging.attendance as told
    join staging.person_of using (identity)
    join meeting using (occasion)
),

-- Most people have one row for a meeting. A hash finds those who may have more; a clash of hashes does no harm.
repeated as (
    select hash(session_id, person_id) as pair
    from stretch
    group by pair
    having count(*) > 1
),

once as (
    select session_id, person_id, enough_minutes, 1 as stretches, checked_in, is_host, begins_at, stops_at, minutes,
        file, line, identity
    from stretch
    anti join repeated on repeated.pair = hash(stretch.session_id, stretch.person_id)
),

again as (
    select stretch.*
    from stretch
    semi join repeated on repeated.pair = hash(stretch.session_id, stretch.person_id)
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
        select session_id, person_id, file, sum(minutes order by minutes) as minutes
        from again
        where minutes is not null
        group by session_id, person_id, file
    )
    group by session_id, person_id
),

counted as (
    select
        session_id, person_id,
        any_value(enough_minutes) as enough_minutes,
        count(*) as stretches,
        min({'file': file, 'line': line, 'identity': identity}) as told,
        bool_or(checked_in) as checked_in,
        bool_or(is_host) as is_host,
        count(begins_at + (stops_at - begins_at)) > 0 as has_times
    from again
    group by session_id, person_id
),

measured as (
    select
        session_id, person_id, enough_minutes, stretches, checked_in, is_host, file, line, identity,
        case
            when begins_at is not null and stops_at is not null
                then greatest(date_diff('second', begins_at, stops_at), 0) / 60.0
            else minutes
        end as minutes
    from once
    union all
    select
        session_id, person_id, enough_minutes, stretches, checked_in, is_host, told.file, told.line, told.identity,
        case when has_times then coalesce(united.minutes, 0) else told_lengths.minutes end
    from counted
    left join united using (session_id, person_id)
    left join told_lengths using (session_id, person_id)
)

select
    session_id, person_id, minutes::double as minutes, stretches::bigint as stretches, is_host,
    case
        when checked_in then true
        when minutes is null then checked_in is null
        else minutes >= enough_minutes
    end as was_present,
    staging.stored(file) as file_id, line, staging.stored(identity) as writing_id
from measured
