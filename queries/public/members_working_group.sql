-- meaning: How many members each working group had at the end of each quarter that is over, exactly
-- grain: one row per working group and quarter that is over, from its first member on
-- role: coordinator
-- parameters: none
-- returns: published.members_working_group
with change as (
    select working_group, day, started - ended as net
    from marts.growth_day
    where working_group is not null and audience is null
)

select working_group, period_end, sum(net)::bigint as members, true as applies
from marts.period
join change on change.day <= period_end
where grain = 'quarter' and not is_open
group by working_group, period_end
order by working_group, period_end
