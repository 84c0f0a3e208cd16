-- meaning: How many of the members came to each activity of a series
-- grain: one row per activity with a list of names, oldest first
-- role: communication
-- parameters:
--   series text = null: One series; none means every meeting
--   from_on date = null: First day; none means the first meeting, or a year back
--   to_on date = null: Last day; none means the last meeting, or the as-of date
-- returns:
--   session_id id: The activity
--   title text: Title of the activity
--   held_on date: Day it was held
--   theme text: Theme of the activity
--   working_group text: Working group whose members count; empty means the network
--   from_on date: First day of the window
--   to_on date: Last day of the window
--   eligible integer persons: Members during the whole window
--   came integer persons: Of those, who came
--   share number share: Of the members during the whole window
with meeting as (
    select
        session_id, title, held_on, theme, working_group,
        coalesce(attended > 0, false) as has_names
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
    select meeting.*, frame.working_group as scope, frame.from_on, frame.to_on
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
    select session_id, count(*) as came
    from visit
    semi join eligible using (person_id)
    group by session_id
)

select
    activity.session_id, activity.title, activity.held_on, activity.theme, activity.scope as working_group,
    activity.from_on, activity.to_on,
    members.eligible, coalesce(came.came, 0) as came, coalesce(came.came, 0) / nullif(members.eligible, 0) as share
from activity
cross join (select count(*) as eligible from eligible) as members
left join came using (session_id)
order by activity.held_on, activity.title, activity.session_id
