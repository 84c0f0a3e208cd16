-- meaning: Working groups that are written in another way than the one shown: in other capitals or with more space
-- grain: one row per way of writing that is not the one shown
-- role: coordinator
-- parameters: none
-- returns: staging.group_spelling
with told as (
    select working_group, min(received_at) as first_at
    from staging.group_told
    group by working_group
),

written as (
    select staging.clean(working_group) as as_written, min(first_at) as first_at
    from told
    group by as_written
),

read as (
    select as_written, first_at, staging.tidy_group(as_written) as tidy, staging.plain_group(as_written) as plain
    from written
    where as_written is not null
),

-- The way that came first is shown for as long as it is there, whatever comes later.
shown as (
    select plain, min({'at': first_at, 'name': tidy}).name as name
    from read
    group by plain
)

select as_written, name
from read
join shown on shown.plain is not distinct from read.plain
where name is distinct from as_written
