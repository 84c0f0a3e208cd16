-- meaning: Of those who came for the first time, how many came again
-- grain: one row per meeting with first-timers
-- role: communication
-- parameters:
--   series text = null: One series; none means all
--   days integer = 180: Within so many days
-- returns:
--   session_id id: The meeting
--   title text: Title of the meeting
--   held_on date: Day it was held
--   first_timers integer persons: People for whom it was the first meeting
--   came_again integer persons: Of those, who came again within the days
--   share number share: Of the first-timers; empty while the days have not passed
--   open_until date: Last day on which they may still come again; empty when that is over
with came as (
    select attendance.person_id, session.session_id, session.held_on, session.starts_at
    from core.attendance
    join core.session using (session_id)
    cross join core.network
    where attendance.was_present and not attendance.is_host and session.held_on <= network.as_of
),

visit as (
    select
        session_id, held_on,
        row_number() over (partition by person_id order by starts_at, session_id) as number,
        lead(held_on) over (partition by person_id order by starts_at, session_id) as next_on
    from came
),

first as (
    select
        session_id, held_on,
        count(*) as first_timers,
        count(*) filter (next_on <= held_on + $days::integer) as came_again
    from visit
    where number = 1
    group by session_id, held_on
)

select
    first.session_id, session.title, first.held_on, first.first_timers, first.came_again,
    case when first.held_on + $days::integer < as_of then first.came_again / first.first_timers end as share,
    case when first.held_on + $days::integer >= as_of then first.held_on + $days::integer end as open_until
from first
join core.session using (session_id)
cross join core.network
where $series::varchar is null or session.series = $series::varchar
order by first.held_on, session.title, first.session_id
