-- meaning: When each person was first and last at a meeting, how often, and in which recent months
-- grain: one row per person who attended
-- role: coordinator
-- parameters: none
-- returns: marts.person_activity
with meeting as (
    select
        session_id, starts_at, held_on,
        case
            when date_diff('month', held_on, as_of) < 60 then 1::bigint << date_diff('month', held_on, as_of)::bigint
            else 0
        end as month_bit
    from core.session
    cross join core.network
    where held_on <= as_of
)

select
    person_id,
    min(starts_at) as first_attended_at,
    max(held_on) as last_attended_on,
    count(*) as attendances,
    bit_or(month_bit) as recent_months
from core.attendance
join meeting using (session_id)
where was_present and not is_host
group by person_id
