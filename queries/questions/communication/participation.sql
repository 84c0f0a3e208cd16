-- meaning: How much of the network took part in at least one activity, and whether these were always the same people
-- grain: one row per series, and one for all together (series empty)
-- role: communication
-- parameters:
--   window_months choice(1, 2, 3, 6, 12) = 6: How far to look back
--   series text = null: One series; none means all
--   working_group text = null: One working group; none means the network
-- returns:
--   series text: Series of meetings; empty for all together
--   working_group text: Working group whose members count; empty means the network
--   from_on date: First day of the window
--   to_on date: Last day of the window
--   eligible integer persons: Members during the whole window
--   activities integer meetings: Meetings in the window with a list of names
--   union_reach number share: Members who came at least once
--   mean_reach number share: Members who came, averaged over the meetings
--   min_reach number share: Members who came to the least visited meeting
--   max_reach number share: Members who came to the best visited meeting
--   chance_baseline number share: What the first would be if everyone came by chance
--   differentiation_index number 0-1: 0 when always the same people come, 1 when as different as can be
select
    series, working_group, from_on, to_on, eligible, activities,
    union_reach, mean_reach, min_reach, max_reach, chance_baseline, differentiation_index
from marts.participation
where window_months = $window_months::bigint
    and case
        when $series::varchar is not null then series = $series::varchar
        when $working_group::varchar is not null then working_group = $working_group::varchar
        else series is not null or working_group is null
    end
    and ($working_group::varchar is null or working_group = $working_group::varchar)
order by series nulls last
