-- meaning: When each person was first and last at a meeting, how often, in which recent months, and when again after the first
-- grain: one row per person who attended
-- role: coordinator
-- parameters: none
-- returns: marts.person_activity
with meeting as (
    select
        session_id, starts_at, held_on,
        row_number() over (order by starts_at, session_id) as place,
        case
            when date_diff('month', held_on, as_of) < 60 then 1::bigint << date_diff('month', held_on, as_of)::bigint
            else 0
        end as month_bit
    from core.session
    cross join core.network
    where held_on <= as_of
),

visited as (
    select
        person_id,
        min(place, 2) as places,
        max(held_on) as last_attended_on,
        count(*) as attendances,
        bit_or(month_bit) as recent_months
    from core.attendance
    join meeting using (session_id)
    where was_present and not is_host
    group by person_id
)

select
    visited.person_id,
    one.starts_at as first_attended_at,
    visited.last_attended_on, visited.attendances, visited.recent_months,
    one.session_id as first_session_id,
    two.held_on as second_attended_on
from visited
join meeting as one on one.place = visited.places[1]
left join meeting as two on two.place = visited.places[2]
