-- meaning: How many people came back as a member in each period
-- grain: one row per grain, period, working group (null = the network) and audience (null = all) with a return
-- role: communication
-- parameters: none
-- returns: marts.growth_return
with came_back as (
    select null::varchar as working_group, person_id, starts_on
    from core.membership
    where stretch > 1
    union all
    select working_group, person_id, starts_on
    from core.working_group_membership
    where stretch > 1
),

placed as (
    select period.grain, period.period_start, came_back.working_group, person_id, coalesce(person.audience, '') as audience
    from came_back
    join core.person using (person_id)
    join marts.period on came_back.starts_on between period.period_start and period.period_end
    where came_back.starts_on <= (select as_of from core.network)
),

counted as (
    select
        grain, period_start, working_group, audience,
        grouping(audience) = 1 as is_total,
        count(distinct person_id) as returned
    from placed
    group by grouping sets ((grain, period_start, working_group), (grain, period_start, working_group, audience))
)

select grain, period_start, working_group, case when not is_total then audience end as audience, returned
from counted
where is_total or audience <> ''
order by grain, working_group nulls first, audience nulls first, period_start
