-- meaning: Every working group that a file names, as the file writes it
-- grain: one row per row of input that names one, also where a later file tells the row anew
-- role: coordinator
-- parameters: none
-- returns: staging.group_told
select working_group, received_at from feeds.membership where working_group is not null
union all
select working_group, received_at from feeds.event where working_group is not null
union all
select working_group, received_at from feeds.contribution where working_group is not null
