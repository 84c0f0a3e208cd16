-- meaning: People who never say where they work, but write from an organisation's mail domain
-- grain: one row per person
-- role: coordinator
-- parameters: none
-- returns: staging.mail_affiliation
with silent as (
    select person_id, split_part(identity_key.email_key, '@', 2) as domain
    from staging.identity_key
    join staging.person_of using (identity)
    anti join (select person_id from staging.person_trait where plain_organisation is not null) as told
        on told.person_id = person_of.person_id
    where identity_key.email_key is not null and exists (from staging.mail_domain)
),

-- student.example.org belongs to example.org, unless it is named itself.
matched as (
    select silent.person_id, length(mail_domain.domain) as precision, mail_domain.name
    from silent
    join staging.mail_domain
        on silent.domain = mail_domain.domain or ends_with(silent.domain, '.' || mail_domain.domain)
)

select person_id, max({'precision': precision, 'name': name}).name as organisation
from matched
group by person_id
