-- meaning: Which share of the members took part within a window up to each month
-- grain: one row per month
-- role: communication
-- parameters:
--   months integer = 24: How many months to show, 36 at most
--   window_months choice(2, 3, 6, 12) = 6: How far each month looks back
-- returns:
--   period_start date: First day of the month
--   period_end date: Last day of the month
--   is_open boolean: Whether the month still runs
--   members integer persons: Members at the end of the month
--   active integer persons: Those, member during the whole window, who came at least once; empty when no attendance is known
--   share number share: Active, of those who were a member during the whole window
--   eligible integer persons: Members during the whole window
select
    period_start, period_end, is_open, members, active,
    case when eligible > 0 then active / eligible end as share,
    eligible
from marts.active_month
cross join core.network
where window_months = $window_months::bigint
    and date_diff('month', period_start, as_of) < $months::bigint
order by period_start
