-- meaning: How many members each working group had at the end of each month
-- grain: one row per working group and month
-- role: communication
-- parameters:
--   months integer = 24: How many months to show
-- returns:
--   working_group text: Working group
--   period_start date: First day of the month
--   period_end date: Last day of the month
--   is_open boolean: Whether the month still runs
--   closing integer persons: Members at the end of the month, or on the as-of date
with change as (
    select working_group, day, started - ended as net
    from marts.growth_day
    where working_group is not null and audience is null
),

month as (
    select period_start, period_end, is_open
    from marts.period
    cross join core.network
    where grain = 'month' and date_diff('month', period_start, as_of) < $months::bigint
),

begun as (
    select working_group, min(day) as first_on
    from change
    group by working_group
)

select
    begun.working_group, month.period_start, month.period_end, month.is_open,
    sum(change.net)::bigint as closing
from begun
join month on month.period_end >= begun.first_on
join change on change.working_group = begun.working_group and change.day <= month.period_end
group by all
order by begun.working_group, month.period_start
