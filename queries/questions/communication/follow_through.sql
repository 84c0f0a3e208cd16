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
with first as (
    select
        session.session_id, session.held_on,
        count(*) as first_timers,
        count(*) filter (activity.second_attended_on <= session.held_on + $days::integer) as came_again
    from marts.person_activity as activity
    join core.session on session.session_id = activity.first_session_id
    group by session.session_id, session.held_on
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
