-- meaning: What the pages can be narrowed down to
-- grain: one row per dimension and value
-- role: communication
-- parameters: none
-- returns:
--   dimension text: working_group, audience or series
--   value text: The value
--   people integer persons: Members now, or people of the audience; not told of a series
select dimension, value, people
from marts.filter_value
order by dimension, value
