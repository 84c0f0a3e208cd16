-- meaning: The calendar: every day, week, month, quarter, year and theme cycle up to the as-of date
-- grain: one row per grain and period
-- role: communication
-- parameters: none
-- returns: marts.period
with bounds as (
    select
        coalesce(
            least(
                (select min(starts_on) from core.membership),
                (select min(held_on) from core.session)
            ),
            as_of
        ) as first_on,
        as_of, theme_cycle_starts_on, theme_cycle_months
    from core.network
),

clamped as (
    select greatest(least(first_on, as_of), as_of - 45000) as first_on, as_of, theme_cycle_starts_on, theme_cycle_months
    from bounds
),

step as (
    select * from (values
        ('day', interval 1 day), ('week', interval 7 days), ('month', interval 1 month),
        ('quarter', interval 3 months), ('year', interval 1 year)
    ) as step(grain, length)
),

started as (
    select
        grain, length, as_of,
        unnest(generate_series(date_trunc(grain, first_on), as_of::timestamp, length))::date as period_start
    from clamped
    cross join step
),

-- Theme cycles run both ways from their anchor; one cycle more than needed before it is cut off below.
cycle as (
    select
        'theme_cycle' as grain,
        to_months(theme_cycle_months::integer) as length,
        as_of, first_on,
        (theme_cycle_starts_on + to_months((number * theme_cycle_months)::integer))::date as period_start
    from clamped,
        generate_series(
            (-1 - abs(date_diff('month', first_on, theme_cycle_starts_on)) // theme_cycle_months)::bigint,
            (1 + abs(date_diff('month', theme_cycle_starts_on, as_of)) // theme_cycle_months)::bigint
        ) as numbers(number)
)

select grain, period_start, (period_start + length)::date - 1 as period_end, (period_start + length)::date - 1 > as_of as is_open
from started
union all
select grain, period_start, (period_start + length)::date - 1, (period_start + length)::date - 1 > as_of
from cycle
where period_start <= as_of and (period_start + length)::date - 1 >= first_on
