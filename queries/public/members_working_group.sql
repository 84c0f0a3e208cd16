-- meaning: How many members each working group had at the end of the last quarter that is over, exactly
-- grain: one row per working group
-- role: coordinator
-- parameters: none
-- returns: published.members_working_group
with quarter as (
    select max(period_end) as period_end
    from marts.period
    where grain = 'quarter' and not is_open
)

select working_group, quarter.period_end, sum(started - ended)::bigint as members, true as applies
from marts.growth_day
join quarter on growth_day.day <= quarter.period_end
where working_group is not null and audience is null
group by working_group, quarter.period_end
order by working_group
