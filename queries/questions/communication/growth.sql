-- meaning: How many members the network or a working group had, who joined, came back and left
-- grain: one row per period
-- role: communication
-- parameters:
--   grain choice(day, week, month, quarter, year, theme_cycle) = month: Length of one period
--   working_group text = null: One working group; none means the whole network
--   audience text = null: One audience; none means everyone
--   from_on date = null: First day of interest
--   to_on date = null: Last day of interest
-- returns:
--   period_start date: First day of the period
--   period_end date: Last day of the period
--   is_open boolean: Whether the period still runs, so that its figures may change
--   opening integer persons: Members on the day before the period
--   new integer persons: People whose first membership began in the period
--   returned integer persons: People who came back after the grace days
--   ended integer persons: Memberships that ended and were not taken up again within the grace days
--   corrections integer persons: Changes that are none of these, such as members whose first day is unknown
--   closing integer persons: Members at the end of the period, or at the as-of date
--   ever integer persons: People who were a member at any time up to then
--   imported integer persons: Of the new, those whose first day is one on which a list was filled all at once
with change as (
    select day, joined, first_seen, started, ended, imported
    from marts.growth_day
    where working_group is not distinct from $working_group::varchar and audience is not distinct from $audience::varchar
),

chosen as (
    select grain, period_start, period_end, is_open
    from marts.period
    where grain = $grain::varchar and period_end >= (select min(day) from change)
),

placed as (
    select
        chosen.period_start,
        sum(joined)::bigint as joined,
        sum(first_seen)::bigint as first_seen,
        sum(started)::bigint as started,
        sum(ended)::bigint as ended,
        sum(imported)::bigint as imported
    from change
    asof join chosen on change.day >= chosen.period_start
    group by chosen.period_start
),

counted as (
    select
        chosen.grain, chosen.period_start, chosen.period_end, chosen.is_open,
        coalesce(placed.joined, 0) as joined,
        coalesce(placed.ended, 0) as ended,
        coalesce(placed.imported, 0) as imported,
        coalesce(placed.started, 0) - coalesce(placed.ended, 0) as net,
        (sum(coalesce(placed.started, 0) - coalesce(placed.ended, 0)) over every_period)::bigint as closing,
        (sum(coalesce(placed.first_seen, 0)) over every_period)::bigint as ever
    from chosen
    left join placed using (period_start)
    window every_period as (order by chosen.period_start)
),

returns as (
    select period_start, returned
    from marts.growth_return
    where grain = $grain::varchar
        and working_group is not distinct from $working_group::varchar
        and audience is not distinct from $audience::varchar
)

select
    period_start, period_end, is_open,
    closing - net as opening,
    joined as new,
    coalesce(returned, 0) as returned,
    ended,
    net - (joined + coalesce(returned, 0) - ended) as corrections,
    closing, ever, imported
from counted
left join returns using (period_start)
where ($from_on::date is null or period_end >= $from_on::date)
    and ($to_on::date is null or period_start <= $to_on::date)
order by period_start
