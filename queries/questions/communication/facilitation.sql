-- meaning: Hours of facilitation a week, and how many that is for each active member
-- grain: one row per week and kind of work; a week that nobody wrote down is missing
-- role: communication
-- parameters:
--   working_group text = null: Whose meetings make a member active; none means all
-- returns:
--   week date: Monday of the week
--   kind text: prepare, host, one_to_one, process or admin
--   hours number hours: Hours spent
--   hours_per_active_member number hours: Divided by the people active in the theme period of that week
--   active_members integer persons: People who came to a meeting in that theme period
with spent as (
    select
        week, kind, sum(hours order by hours) as hours,
        floor(
            date_diff('month', date_trunc('month', theme_cycle_starts_on), week) / theme_cycle_months
        )::bigint as cycle
    from core.effort
    cross join core.network
    where week <= as_of
    group by all
),

meeting as (
    select
        session_id,
        floor(
            date_diff('month', date_trunc('month', theme_cycle_starts_on), held_on) / theme_cycle_months
        )::bigint as cycle
    from core.session
    cross join core.network
    where $working_group::varchar is null or working_group = $working_group::varchar
),

active as (
    select meeting.cycle, count(distinct attendance.person_id) as people
    from core.attendance
    join (from meeting semi join spent using (cycle)) as meeting using (session_id)
    where attendance.was_present and not attendance.is_host
    group by meeting.cycle
)

select spent.week, spent.kind, spent.hours, spent.hours / active.people as hours_per_active_member,
    active.people as active_members
from spent
left join active using (cycle)
order by spent.week, spent.kind nulls last
