-- meaning: What is known of each meeting: who registered, who came, for how long
-- grain: one row per meeting
-- role: communication
-- parameters: none
-- returns: marts.session_figures
with attended as (
    select
        session_id,
        count(*) filter (where was_present and not is_host) as attended,
        count(*) filter (where is_host) as hosts,
        count(*) filter (where was_present and not is_host and minutes is not null) as minutes_known,
        median(minutes) filter (where was_present and not is_host) as median_minutes
    from core.attendance
    group by session_id
),

-- Who came for the first time at a moment when one meeting began, was at that meeting. Only where several began
-- at one moment is it asked who was where.
side_by_side as (
    select session_id, starts_at
    from core.session
    qualify count(*) over (partition by starts_at) > 1
),

-- What people did is told up to the as-of date. A list may be of a later day: those who are on such lists only.
later_only as (
    select attendance.person_id, min(session.starts_at) as first_attended_at
    from core.attendance
    join core.session using (session_id)
    cross join core.network
    anti join marts.person_activity using (person_id)
    where session.held_on > network.as_of and attendance.was_present and not attendance.is_host
    group by attendance.person_id
),

first_visit as (
    select person_id, first_attended_at
    from marts.person_activity
    union all
    from later_only
),

first_time as (
    select session.session_id, count(*) as first_timers
    from first_visit
    join core.session on session.starts_at = first_visit.first_attended_at
    anti join side_by_side on side_by_side.session_id = session.session_id
    group by session.session_id
    union all
    select attendance.session_id, count(*)
    from core.attendance
    join side_by_side using (session_id)
    join first_visit
        on first_visit.person_id = attendance.person_id and first_visit.first_attended_at = side_by_side.starts_at
    where attendance.was_present and not attendance.is_host
    group by attendance.session_id
),

registered as (
    select
        registration.session_id,
        count(*) filter (where registration.status = 'registered') as registered,
        count(*) filter (where registration.status = 'registered' and attendance.was_present and not attendance.is_host) as came
    from core.registration
    left join core.attendance using (session_id, person_id)
    group by registration.session_id
),

yielded as (
    select session_id, min(happened_on) as yield_on
    from core.milestone
    where kind = 'yield' and session_id is not null
    group by session_id
),

joined as (
    select
        session.*,
        registered.registered, registered.came,
        attended.attended,
        -- of a meeting whose day nobody told it is not known what came before it
        case
            when attended.attended is not null and session.starts_at is not null then coalesce(first_time.first_timers, 0)
        end as first_timers,
        attended.hosts, attended.minutes_known, attended.median_minutes,
        yielded.yield_on
    from core.session
    left join attended using (session_id)
    left join first_time using (session_id)
    left join registered using (session_id)
    left join yielded using (session_id)
)

-- Unknown stays empty, never zero: greatest() takes no notice of what is unknown.
select
    session_id, title, starts_at, ends_at, held_on, kind, mode, series, theme, working_group, audience, place, url,
    registered, attended, headcount,
    coalesce(headcount_is_approximate and headcount >= coalesce(attended, 0), false) as headcount_is_approximate,
    greatest(headcount, attended) as total,
    greatest(headcount, attended) - coalesce(attended, 0) as unnamed,
    case when attended is not null and registered > 0 then came / registered end as show_up_rate,
    case when registered is not null then attended - came end as walk_ins,
    first_timers,
    attended - first_timers as "returning",
    median_minutes, hosts, minutes_known, yield_on,
    case
        when attended is not null and headcount is not null then 'both'
        when attended is not null then 'named'
        when headcount is not null then 'headcount'
        else 'none'
    end as source
from joined
