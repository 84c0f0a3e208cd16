-- meaning: Which organisation, and perhaps which unit of it, each way of writing one means
-- grain: one row per name as written, without capitals, accents and signs
-- role: coordinator
-- parameters: none
-- returns: staging.organisation_of
with recursive written as (
    select plain_organisation from staging.person_trait where plain_organisation is not null
    union
    select staging.plain_organisation(organisation) from staging.mail_affiliation
),

-- A merger leads from name to name; people decide, so a few steps are enough.
led as (
    select plain_organisation, plain_organisation as plain_name, null::varchar as unit, 0 as steps
    from written
    union all
    select
        led.plain_organisation, staging.plain_organisation(spelling.name), coalesce(led.unit, spelling.unit), led.steps + 1
    from led
    join staging.organisation_spelling as spelling on spelling.plain_organisation = led.plain_name
    where led.steps < 8 and (staging.plain_organisation(spelling.name) <> led.plain_name or led.steps = 0)
),

final as (
    select plain_organisation, max({'steps': steps, 'name': plain_name, 'unit': coalesce(unit, '')}) as last
    from led
    group by plain_organisation
),

placed as (
    select
        plain_organisation, last.name as plain_name, nullif(last.unit, '') as unit,
        last.steps = 0 and staging.is_independent(plain_organisation) as is_independent
    from final
)

select
    plain_organisation,
    case when is_independent then 'freelancers' else plain_name end as plain_name,
    is_independent,
    unit,
    md5('organisation:' || case when is_independent then '(independent)' else plain_name end)::uuid as organisation_id
from placed
