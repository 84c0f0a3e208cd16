-- meaning: How many members the network had at the end of each quarter that is over, exactly
-- grain: one row per quarter that is over
-- role: coordinator
-- parameters: none
-- returns: published.members_quarter
with change as (
    select day, started - ended as net
    from marts.growth_day
    where working_group is null and audience is null
)

select period_start, period_end, sum(net)::bigint as members, true as applies
from marts.period
join change on change.day <= period_end
where grain = 'quarter' and not is_open
group by period_start, period_end
order by period_start
