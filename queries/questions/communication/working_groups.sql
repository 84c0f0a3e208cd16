-- meaning: How many members each working group has, and who joined and left lately
-- grain: one row per working group, and one for the network (working group empty); groups add up to more than the network
-- role: communication
-- parameters:
--   months integer = 12: Over how many months up to the as-of date joining and leaving are counted
-- returns:
--   working_group text: Working group; empty means the network
--   members integer persons: Members on the as-of date
--   new integer persons: People whose first membership began in these months
--   ended integer persons: Memberships that ended in these months
select
    working_group,
    sum(started - ended)::bigint as members,
    coalesce(sum(joined) filter (where day > (as_of - to_months($months::integer))::date), 0)::bigint as new,
    coalesce(sum(ended) filter (where day > (as_of - to_months($months::integer))::date), 0)::bigint as ended
from marts.growth_day
cross join core.network
where audience is null
group by working_group
order by working_group nulls first
