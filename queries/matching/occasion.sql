-- meaning: Every way in which attendance and registration files point at a meeting
-- grain: one row per event id, title and time (per file where there is no time)
-- role: coordinator
-- parameters: none
-- returns: staging.occasion
with pointed as (
    select
        occasion, source, event_id, title, starts_at, ends_at, sha256,
        joined_at as first_at, left_at as last_at, true as is_attendance
    from staging.attendance
    union all
    select occasion, source, event_id, title, starts_at, ends_at, sha256, null, null, false
    from staging.registration
),

gathered as (
    select
        occasion,
        min(source) as source,
        any_value(event_id) as event_id,
        any_value(title) as title,
        any_value(starts_at) as starts_at,
        any_value(ends_at) as ends_at,
        min(sha256) as sha256,
        min(first_at) as first_at,
        max(last_at) as last_at,
        bool_or(is_attendance) as is_attendance
    from pointed
    group by occasion
)

select
    occasion, source, event_id, title, is_attendance,
    staging.plain_title(title) as plain_title,
    coalesce(starts_at, first_at) as starts_at,
    coalesce(ends_at, case when starts_at is null then last_at end) as ends_at,
    coalesce(ends_at, greatest(last_at, coalesce(starts_at, first_at)), starts_at, first_at) as last_at
from gathered
