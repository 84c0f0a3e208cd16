-- meaning: How much of the network takes part, per series, per working group and in all, over several windows
-- grain: one row per window, series (null = all) and working group (null = the network)
-- role: communication
-- parameters: none
-- returns: marts.participation
with meeting as (
    select session_id, held_on, series, working_group, attended is not null and held_on <= as_of as is_activity
    from marts.session_figures
    cross join core.network
    where held_on is not null
),

scope as (
    select
        'series:' || series as scope,
        series,
        case when count(distinct coalesce(working_group, '')) = 1 then min(working_group) end as working_group,
        min(held_on) as first_on,
        max(held_on) as last_on
    from meeting
    where series is not null
    group by series
    union all
    select 'group:' || working_group, null, working_group, min(held_on), null
    from meeting
    where working_group is not null
    group by working_group
    union all
    select 'all', null, null, min(held_on), null
    from meeting
    having count(*) > 0
),

ending as (
    select scope, series, working_group, first_on, least(as_of, coalesce(last_on, as_of)) as to_on
    from scope
    cross join core.network
    where first_on <= as_of
),

frame as (
    select
        window_months, scope, series, working_group,
        greatest((to_on - to_months(window_months))::date + 1, first_on) as from_on,
        to_on
    from ending
    cross join (values (1), (2), (3), (6), (12)) as looked_back(window_months)
),

widest as (
    select scope, any_value(working_group) as working_group, min(from_on) as from_on, any_value(to_on) as to_on
    from frame
    group by scope
),

activity as (
    select widest.scope, meeting.session_id, meeting.held_on
    from widest
    join meeting
        on meeting.held_on between widest.from_on and widest.to_on
        and case
            when widest.scope = 'all' then true
            when widest.scope like 'series:%' then widest.scope = 'series:' || meeting.series
            else widest.scope = 'group:' || meeting.working_group
        end
    where meeting.is_activity
),

-- Stretches of membership that begin and end on the same days, counted: far fewer than people.
lifetime as (
    select working_group, starts_on, coalesce(ends_on, date '9999-12-31') as ends_on, count(*) as people
    from (
        select null as working_group, starts_on, ends_on from core.membership
        union all
        select working_group, starts_on, ends_on from core.working_group_membership
    )
    group by all
),

-- Members during the whole window.
eligible as (
    select frame.scope, frame.window_months, sum(lifetime.people) as eligible
    from frame
    join lifetime
        on coalesce(lifetime.working_group, '') = coalesce(frame.working_group, '')
        and lifetime.starts_on <= frame.from_on
        and lifetime.ends_on > frame.to_on
    group by frame.scope, frame.window_months
),

came as (
    select activity.scope, activity.session_id, activity.held_on, attendance.person_id
    from core.attendance
    join activity using (session_id)
    where attendance.was_present and not attendance.is_host
),

-- Those who came and were a member on the last day of the window, with how long they had been one.
presence as (
    select came.scope, came.session_id, came.held_on, came.person_id, membership.starts_on
    from came
    join widest using (scope)
    join core.membership
        on membership.person_id = came.person_id
        and membership.starts_on <= widest.to_on
        and coalesce(membership.ends_on, date '9999-12-31') > widest.to_on
    where widest.working_group is null
    union all
    select came.scope, came.session_id, came.held_on, came.person_id, membership.starts_on
    from came
    join widest using (scope)
    join core.working_group_membership as membership
        on membership.person_id = came.person_id
        and membership.working_group = widest.working_group
        and membership.starts_on <= widest.to_on
        and coalesce(membership.ends_on, date '9999-12-31') > widest.to_on
),

came_to as (
    select scope, session_id, held_on, starts_on, count(*) as people
    from presence
    group by all
),

activity_reach as (
    select
        frame.scope, frame.window_months, activity.session_id,
        coalesce(sum(came_to.people) filter (where came_to.starts_on <= frame.from_on), 0) as came
    from frame
    join activity on activity.scope = frame.scope and activity.held_on >= frame.from_on
    left join came_to on came_to.scope = activity.scope and came_to.session_id = activity.session_id
    group by frame.scope, frame.window_months, activity.session_id
),

last_seen as (
    select scope, last_on, starts_on, count(*) as people
    from (
        select scope, person_id, starts_on, max(held_on) as last_on
        from presence
        group by scope, person_id, starts_on
    )
    group by all
),

reached as (
    select frame.scope, frame.window_months, sum(last_seen.people) as reached
    from frame
    join last_seen
        on last_seen.scope = frame.scope
        and last_seen.last_on >= frame.from_on
        and last_seen.starts_on <= frame.from_on
    group by frame.scope, frame.window_months
),

-- Whole numbers are added up, and fractions multiplied in a fixed order: the last digit never depends on rows' order.
share as (
    select
        scope, window_months,
        count(*) as activities,
        sum(came) / any_value(eligible) / count(*) as mean_reach,
        min(came / eligible) as min_reach,
        max(came / eligible) as max_reach,
        sum(came) / any_value(eligible) as sum_reach,
        1 - product(1 - came / eligible order by came) as chance_baseline
    from activity_reach
    left join eligible using (scope, window_months)
    group by scope, window_months
),

counted as (
    select
        frame.window_months, frame.series, frame.working_group, frame.from_on, frame.to_on,
        coalesce(eligible.eligible, 0)::bigint as eligible,
        coalesce(share.activities, 0)::bigint as activities,
        case when share.activities > 0 then coalesce(reached.reached, 0) / eligible.eligible end as union_reach,
        share.mean_reach, share.min_reach, share.max_reach, share.sum_reach, share.chance_baseline
    from frame
    left join eligible using (scope, window_months)
    left join share using (scope, window_months)
    left join reached using (scope, window_months)
)

select
    window_months::bigint as window_months, series, working_group, from_on, to_on, eligible, activities,
    union_reach, mean_reach, min_reach, max_reach, chance_baseline,
    case
        when activities > 1 and least(1, sum_reach) - max_reach > 1e-9
            then (union_reach - max_reach) / (least(1, sum_reach) - max_reach)
    end as differentiation_index
from counted
order by window_months, series nulls last, working_group nulls last
