-- meaning: How many people take which part in the network and in each working group on the as-of date
-- grain: one row per working group (empty = the network) and role
-- role: communication
-- parameters:
--   working_group text = null: One working group; none means all
-- returns:
--   working_group text: Working group; empty = the network
--   role text: Part that people take, as the lists write it
--   people integer persons: People who take it
select working_group, min(role.role) as role, count(distinct person_id) as people
from core.role
cross join core.network
where (starts_on is null or starts_on <= as_of) and (ends_on is null or ends_on > as_of)
    and ($working_group::varchar is null or working_group = $working_group::varchar)
group by working_group, lower(role.role)
order by working_group nulls first, people desc, role
