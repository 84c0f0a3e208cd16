-- meaning: Every meeting of the network: from the agenda, or from an attendance list of its own
-- grain: one row per meeting
-- role: coordinator
-- parameters: none
-- returns: core.session
with attended as (
    select session_id, bool_or(is_attendance) as has_attendance
    from staging.occasion_session
    join staging.occasion using (occasion)
    group by session_id
),

own as (
    select
        session_id,
        coalesce(max(occasion.title), max(occasion.event_id)) as title,
        min(starts_at) as starts_at,
        max(ends_at) filter (ends_at >= starts_at) as ends_at
    from staging.occasion_session as placed
    join staging.occasion as occasion on occasion.occasion = placed.occasion
    where placed.event_id is null
    group by session_id
),

meeting as (
    select
        event.event_id as session_id, event.title, event.starts_at, event.ends_at, event.kind, event.mode, event.series,
        event.theme, event.working_group, event.audience, event.place, event.url,
        event.headcount, event.headcount_is_approximate, true as is_on_agenda
    from core.event
    left join attended on attended.session_id = event.event_id
    where event.status <> 'cancelled' or coalesce(attended.has_attendance, false)
    union all
    select session_id, title, starts_at, ends_at, null, null, null, null, null, null, null, null, null, false, false
    from own
)

select
    session_id, title, starts_at, ends_at,
    timezone(network.time_zone, timezone('UTC', starts_at))::date as held_on,
    kind, mode, series, theme, working_group, audience, place, url,
    headcount, headcount_is_approximate, is_on_agenda
from meeting
cross join core.network
