-- meaning: What the pages can be narrowed down to
-- grain: one row per dimension and value
-- role: communication
-- parameters: none
-- returns: marts.filter_value
with value as (
    select 'working_group' as dimension, working_group as value, count(distinct person_id) as people
    from core.working_group_membership
    cross join core.network
    where starts_on <= as_of and (ends_on is null or ends_on > as_of)
    group by working_group
    union all
    select 'audience', audience, count(*)
    from core.person
    where audience is not null
    group by audience
    union all
    select distinct 'series', series, null from core.session where series is not null
    union all
    select distinct 'working_group', working_group, 0 from core.working_group_membership
    union all
    select distinct 'working_group', working_group, 0 from core.session where working_group is not null
    union all
    select distinct 'audience', audience, 0 from core.session where audience is not null
)

select dimension, value, max(people) as people
from value
group by dimension, value
order by dimension, value
