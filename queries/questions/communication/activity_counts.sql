-- meaning: To how many activities of a series each member came, and what one would expect by chance
-- grain: one row per number of activities, from none to all
-- role: communication
-- parameters:
--   series text = null: One series; none means every meeting
--   from_on date = null: First day; none means the first meeting, or a year back
--   to_on date = null: Last day; none means the last meeting, or the as-of date
-- returns:
--   activities integer meetings: To so many activities
--   people integer persons: So many members came
--   expected number persons: So many would have, if everyone chose by chance for each activity anew
--   eligible integer persons: Members during the whole window
with meeting as (
    select
        session_id, held_on, working_group, coalesce(attended > 0, false) as has_names
    from marts.session_figures
    where held_on is not null and ($series::varchar is null or series = $series::varchar)
),

ending as (
    select
        case
            when $series::varchar is not null and count(distinct coalesce(working_group, '')) = 1
                then min(working_group)
        end as working_group,
        min(held_on) as first_on,
        least(coalesce($to_on::date, max(held_on)), any_value(as_of)) as to_on
    from meeting
    cross join core.network
    having count(*) > 0
),

frame as (
    select
        working_group,
        coalesce($from_on::date, greatest(first_on, (to_on - to_months(12))::date + 1)) as from_on,
        to_on
    from ending
),

eligible as (
    select distinct membership.person_id
    from core.membership
    join frame
        on frame.working_group is null
        and membership.starts_on <= frame.from_on
        and coalesce(membership.ends_on, date '9999-12-31') > frame.to_on
    union
    select distinct membership.person_id
    from core.working_group_membership as membership
    join frame
        on membership.working_group = frame.working_group
        and membership.starts_on <= frame.from_on
        and coalesce(membership.ends_on, date '9999-12-31') > frame.to_on
),

activity as (
    select meeting.session_id
    from meeting
    join frame on meeting.has_names and meeting.held_on between frame.from_on and frame.to_on
),

-- The meetings first: they are few of all, and the planner would begin with the members.
visit as materialized (
    select session_id, person_id
    from core.attendance
    semi join activity using (session_id)
    where was_present and not is_host
),

came as (
    from visit
    semi join eligible using (person_id)
),

share as (
    select activity.session_id, count(came.person_id) / nullif((select count(*) from eligible), 0) as share
    from activity
    left join came using (session_id)
    group by activity.session_id
),

-- The chances of 0, 1, 2 … activities, one activity after the other.
spread as (
    select
        list_reduce(
            list([share::double] order by session_id),
            lambda chances, next: [
                coalesce(chances[place + 1], 0) * (1 - next[1])
                + case when place > 0 then chances[place] * next[1] else 0 end
                for place in range(0, len(chances) + 1)
            ],
            [1.0::double]
        ) as chances
    from share
),

chance as (
    select unnest(range(0, len(chances))) as activities, unnest(chances) as chance
    from spread
),

times as (
    select coalesce(visited.times, 0) as activities, count(*) as people
    from eligible
    left join (select person_id, count(*) as times from came group by person_id) as visited using (person_id)
    group by all
)

select
    chance.activities, coalesce(times.people, 0) as people,
    chance.chance * members.eligible as expected, members.eligible
from chance
cross join (select count(*) as eligible from eligible) as members
left join times using (activities)
where members.eligible > 0
order by chance.activities
