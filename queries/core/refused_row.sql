-- meaning: Every row of input that could not be used, and why
-- grain: one row per refused row
-- role: coordinator
-- parameters: none
-- returns: core.refused_row
with refused as (
    select sha256, file, line, column_name, reason
    from staging.refused_row
    union all
    select membership.sha256, source_file.file, membership.line, 'left_on', 'the membership ends before it begins'
    from staging.membership
    left join staging.source_file using (sha256)
    where membership.left_on < membership.joined_on
)

select
    sha256, row_number() over (partition by sha256 order by line, column_name, reason) as number,
    file, line, column_name, reason
from refused
