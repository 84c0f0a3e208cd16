-- meaning: Days on which a list was filled all at once: many of its members carry that one first day
-- grain: one row per source and day
-- role: coordinator
-- parameters: none
-- returns: core.import_day
with begun as (
    select source, joined_on as day, count(distinct person_id) as people
    from core.listing
    where feed = 'membership' and joined_on is not null
    group by source, joined_on
),

weighed as (
    select source, day, people, people / sum(people) over (partition by source) as share
    from begun
)

-- Twenty, and half of all that this source dates: a launch of a list that goes on growing is no import.
select source, day, people, share
from weighed
where people >= 20 and share >= 0.5
