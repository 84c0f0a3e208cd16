"""Names that many Dutch and Flemish people share, and short forms of given names. Fixed tables.

How common a name is decides what it says that two people share it. The classes are fixed here, and never
counted from the people at hand: a score must not change because others join. Written as names are compared:
lower case, no marks, particles left out, ij as y.
"""

from __future__ import annotations

from collections import defaultdict


def _words(text: str) -> frozenset[str]:
    return frozenset(text.replace("ij", "y").split())


VERY_COMMON_FAMILY = _words(
    "jong jansen vries berg dyk bakker janssen visser smit meyer boer mulder groot bos vos peters "
    "hendriks leeuwen dekker brouwer peeters janssens maes jacobs mertens willems "
)
"""Family names held by more than about one in 700 people of the Netherlands or of Flanders."""
COMMON_FAMILY = _words(
    "wit dykstra smits graaf meer linden kok haan vermeulen heuvel veen broek bruyn bruin heyden "
    "schouten beek vliet ven hoekstra maas verhoeven koster dam prins blom huisman jonge kuipers post "
    "kuiper veenstra kramer brink scholten wyk postma martens vink ruiter timmermans groen gerritsen "
    "jonker loon velde willemsen smeets lange bosch dongen schipper koning laan driessen doorn hermans "
    "evers wal bosman wolters sanders mol kuypers jonkers claes goossens wouters smet dubois lambert "
    "dupont martin simon hermans aerts michiels lemmens cools pauwels clercq desmet coninck vermeersch "
    "segers verstraete hendrickx vandenberghe berghe damme acker bossche cauwenberghe eynde broeck "
    "meulen wauters verbeke baert bogaert bogaerts michel leroy lenaerts thys cornelis devos dewit "
    "petit declercq stevens hoek hoeven horst hulst kamp kroon kooy kruyf zwart molenaar molen rooy "
    "roos roy ryn schaik schaaf sluis spek stam steen straaten vaart valk veer veld velden veldhuizen "
    "verbeek vis vonk voort vreugdenhil wees werf westra wiel wiersma wind winter wolf wolff woude "
    "zanden zee zyl zwaan adriaans arends arts baars bakel barendregt beekman bekker bergsma bloem "
    "boersma bogaard bol bolt boogaard boom boon borst bouman bouwman braam brand brands brandsma bron "
    "bruggeman buren burg buurman claassen coenen corstens cox dalen damen deursen diepen dirks doorn "
    "drost duin duyn dyck eck eerden eijk eyk elst engelen es essen ettema faber fokkema franken "
    "friedrichs geel gelder gerrits geurts gils goede gool graaff haas hartog heer heerden heide hekman "
    "heemskerk helden hofman hofstra hoogland hoop houten hout huizen janse kaya kemper keizer keyzer "
    "kleyn klein klaassen klomp knol koch koenen kolk koopman koopmans koppelman korte kools kooistra "
    "kruger kuik laar leeuw lee lieshout lith loo maat man manders mast meeuwis meulenbelt mourik mooy "
    "moor muller nguyen nies nieuwenhuis nijland noord noort nys oers olde oosten oosterhout ooms os "
    "otten oudenhoven pol pool poel poort pronk putten raad reus reinders riet roelofs romeyn rutten "
    "ruyter sande schoenmaker schreuder schuurman singh slot smink snel snoek sprong stegeman sterk "
    "stoffels stolk straten swart terpstra theunissen tol tuin turk uden vaan verburg verhagen verheul "
    "verkerk vermeer versteeg verweij verwey vermaas vries wagenaar weerd weert weide wessels "
    "westerveld wielen wierda witte yilmaz yldirim zanten zandstra zeeuw ahmed ali mohamed hassan demir "
    "celik yildiz khan "
)
COMMON_GIVEN = _words(
    "jan johannes johan hans maria anna johanna peter pieter piet cornelis kees hendrik henk willem wim "
    "gerrit gerard jacob jaap theo theodorus anton antonius ton toon petrus paul marcel mark marc "
    "martin martijn erik eric rob robert ronald ron rene richard michel michael michiel dennis jeroen "
    "bas sebastiaan tim tom thomas daan daniel david bart bert albert frank frans franciscus fred arjan "
    "arie adriaan ad wouter maarten niels nick koen stefan steven stijn sander ruud rudolf rik joost "
    "joris jos joseph jef luc lucas luuk lars sem sam noah levi finn jesse milan thijs matthijs max "
    "mohammed mohamed ali ahmed hassan mustafa ibrahim yusuf omar dirk geert guido ivo herman edwin leo "
    "leon louis lodewijk marco mario kevin danny patrick roy ruben simon vincent victor walter werner "
    "wilfried xander guy philippe koenraad kristof pascal anne annemarie annemieke anja anita angela "
    "anneke annelies ans astrid bianca brigitte carla caroline catharina karin karen chantal charlotte "
    "christina christine claudia corrie cornelia daphne debbie denise diana dorien eline elisabeth "
    "elise ellen els elly emma esther eva evelien femke fleur floor frederique gerda greet hanna "
    "hanneke heleen helena henny hilde hilda ineke inge ingrid irene iris isabel jacqueline jacoba "
    "janneke jannie jessica jolanda josephine judith julia kim kirsten kris kristel laura leen lies "
    "lieve lieke linda lisa liesbeth lotte louise lucia lynn maaike manon margreet margriet marga maria "
    "marian marianne marieke marie marije marijke marina marion marit marjan marjolein marleen marloes "
    "marlies martha martine melanie merel michelle mieke miranda mirjam monica monique myriam nadia "
    "nancy natalie nathalie nicole nienke nina noor olga patricia paula petra ria rianne rita roos rosa "
    "sabine samira sandra sanne sara sarah saskia silvia simone sofie sophie sonja stephanie susan "
    "suzanne sylvia tamara tanja tessa theresia thea tineke tine trudy ursula veerle vera veronique "
    "wendy wilhelmina willemijn willy wilma yvonne yvette zoe amira fatima aisha khadija yasmina mila "
    "tess julie saar nora lien an katrien katrijn goedele godelieve griet tinne bieke lore jolien "
)
_SHORT_FORMS = """
johannes: jan johan hans joannes jo jannes hannes johnny john jean joan
johanna: jo hanna anna hanneke janna janneke jannie joke jopie jantje annie anneke jeanne
jacobus: jaap jacob koos ko jacques sjaak jack cobus jim james
jacoba: coba co jacqueline
cornelis: kees cor cees corneel cornee nelis kor
cornelia: cor corrie nel nelleke nelly cora lia cokkie
wilhelmus: wim willem will wil william helmus
wilhelmina: mien mina willy wil wilma willemien willemijn mientje
petrus: piet peter pieter pete pierre peer
petronella: nel nelly petra ellie ella
hendrikus: henk hendrik hein henri henry rik henricus harry hennie heinrich
hendrika: henny rika riek hennie ria drika
gerardus: gerard ger gerrit geert sjraar gerhard
gerarda: gerda gerrie
antonius: anton ton toon antoon teun tony antoine theun tonnie
antonia: toos tonnie tonny ton antoinette
theodorus: theo door dorus ted teodor
theodora: thea dora doortje
franciscus: frans frank franky francois cis sus
francisca: ciska cisca francis fransje sieske
adrianus: ad adriaan arie aad janus adri adrie arjan ard
adriana: jaan adri adrie arianne ariane
martinus: martin tinus maarten martijn mart marten tiny tijn
martina: tiny martine tineke
matthias: matthijs thijs matthieu mathijs mathieu mattijs ties matteo
mattheus: matthieu thieu mathieu mat teus
bartholomeus: bart bartel mees meeuwis
albertus: albert bert appie ab bertus albrecht bertie
lambertus: lambert bert bertus lammert lam
hubertus: hubert bert huub bertus huib huibert hub
robertus: robert rob bert robbie robin bob
egbertus: egbert bert eg
norbertus: norbert bert
gijsbertus: gijsbert gijs bert bertus
engelbertus: engelbert bert engel
josephus: jos joseph sjef jef joep jozef joost jo
josephina: josephine jose fien josefien fientje jo jos
nicolaas: nico klaas nicolas niek nick claas nicholas nicolai
michael: michiel michel mike mick maikel machiel mich giel
alexander: alex sander xander lex sandor sacha
alexandra: alex sandra lexa sacha
sebastiaan: bas sebas bastiaan sebastian bastian
daniel: daan dan danny niel
thomas: tom tommy thom tommie
timotheus: tim timo timothy
rudolf: ruud rolf rudi rudy dolf roelof ruth
leonardus: leo leonard leon lennard leen lenard len
laurentius: laurens lau rens lars louw laurent lauren
lodewijk: louis lode ludo luc ludovicus lodewyk wiek
lucas: luc luuk luke luka lukas
frederik: fred freek frits rik frederic fredericus frederick fritz
frederika: freda fritzi frederieke rika fred
christiaan: chris christian christ krist kris
christina: christien stien tina chris christine kristien tineke stina kristina ina
christoffel: chris stoffel christophe kristof christof
catharina: trijntje tineke karin rina toos kaat cato catherine katja kathy trees rineke ineke trien
catharina: trina kate katrien katrijn katelijne
elisabeth: els lies bets betty liesbeth elise lisa elsbeth bep elly elize liesje lisette betsy beth
elisabeth: eliza lisbeth ilse lize lijsbeth lysbeth
margaretha: greet gre margriet margreet greta marga griet rita gretha grietje margo margot
magdalena: leen lena magda madelon leentje
helena: leen lena heleen ellen helene helen lenie
maria: marie mia ria mieke riet marietje marijke mies miep rie marja marieke maryke mary myriam mirjam
annamaria: annemarie annemieke ans
anna: anneke annie ans an ann annika anne antje annelies anouk
adelheid: aleid aly alida
alida: aly lida ali alie
theresia: trees thera treesje therese theresa resi
willemijn: mijn willemien
susanna: suzanne susan suus sanne susanne suzan suze
josina: sien
gertruda: truus trudy gertrude geertrui geertruida truida trudie geerte
geertruida: truus trudy geertje truida gertrude
bernardus: bernard ben bernd bennie nardus ben berend barend
benjamin: ben benny
bernadette: berna detta
dirk: diederik dick derk rick
richard: rick rik ries dick richie
patricius: patrick patric
patricia: patries trix pat
beatrix: trix bea trixie
vincentius: vincent vin cent
victor: vic vik
jeroen: hieronymus
hieronymus: jeroen jerome
gregorius: gregor joris greg
georgius: joris george sjors jurgen juriaan jorg
jurriaan: jur jurian juriaan
aloysius: loe louis wies
louisa: wies louise loes lies
ludovica: wies
lucia: luus luce lucie cia
eduardus: eduard ed edward eddy edo ward
edmundus: ed edmond
edwin: ed
emmanuel: manu manuel emanuel
emilia: emilie mia milou
nicolette: nicole colette
nathanael: nathan
raymundus: raymond ray mundus
reinier: rein reinoud reyer rene
reinhard: rein
simon: siem siemon
samuel: sam sammy
samantha: sam
stephanus: stefan steven stef fons stephan stephen etienne
stephania: stefanie stephanie steffie fanny
alphonsus: fons alfons alphons
tobias: tobi toby
victoria: vicky vick
valentijn: tijn
augustinus: stijn guus augustijn constantijn
augustus: guus gust august staf
gustaaf: staf guus gust gustav
constantijn: stijn tijn constant
quirinus: krijn quirijn
ursula: ulla
veronica: vera ronnie vroni veronique
yvonne: von
zacharias: zach
mohammed: mohamed muhammad mohammad mo mehmet mohamad
abdullah: abdoel apo abdel abdul
ibrahim: abraham brahim
abraham: bram braham ab
isaac: isaak ies
jozua: joshua josua
jonathan: jon jona
marcus: marc mark marco markus
marcellus: marcel marcello
marina: rina ina
regina: gina ina
wilfried: fried wil
walter: wouter wout walther
everardus: evert eef ever
evert: eef
egidius: gilles gillis giel
aegidius: gilles giel
gerlof: ger
hermanus: herman harm manus
harmen: harm herman
ignatius: ignace nas
arnoldus: arnold arno nol noud aernout arend
arent: arend
andreas: andries dries andre andrew andrea
bonifatius: bonne
dominicus: dominique domien nick
hilarius: laris
lieven: livinus
livina: lieve
pascalis: pascal
paulus: paul pauwel pol
paulina: paula pauline lien
carolina: caroline lien carlien lina carla karolien
carolus: karel carl charles carel karl
charlotte: lotte lot charlot
angelina: lien angeline angela
jacquelina: jacqueline lien
katharina: katja karin kathy
renata: renate
roeland: roel rolland roland
roelof: roel rolf
rogier: roger
servatius: servaas vaas
tjerk: tsjerk
urbanus: urbain
vitalis: vital
willibrordus: wil brord willy
wolfgang: wolf
zeger: seger
isabella: isabel isabelle bella els
eleonora: nora ellen noor elianne eleonore
honora: noor nora
florentius: floris floor flor
florentina: floor fleur florien
evelina: eveline evelien lien eef
eva: eefje eveline
emma: emmy
wendelina: wendy wendelien
barbara: babs barbera bar
dorothea: dora thea dorien doortje dorothee
gabriella: gabi gaby gabrielle
jennifer: jenny jen
jessica: jes jessie
kimberley: kim kimberly
michelle: mies micha
natalia: natasja natalie nathalie
rosalia: roos rosa rosalie
rosa: roos roosje rosanne
sophia: sofie sophie fietje sofia fie
stella: estelle
tamara: tam
henriette: jet jetty henriet harriet etta
harriet: jet
annette: net netty
antoinette: toinette net nettie
jeannette: jeanet nettie net
marjolein: jolein marjo
marian: marianne marjan mariann
madeleine: madelon lena
yolanda: jolanda jolande landa
geraldine: gerrie
ferdinand: ferd ferry nand
gerbrand: ger brand
gerolf: ger rolf
olivier: oliver olly
oscar: os
philippus: filip philip flip philippe
maximiliaan: max maxim
ronald: ron ronnie
donald: don
arnaud: arno
kenneth: ken
gerald: ger
"""


def _short_forms() -> dict[str, tuple[str, ...]]:
    formal: dict[str, set[str]] = defaultdict(set)
    for line in _SHORT_FORMS.replace("ij", "y").strip().splitlines():
        root, _, forms = line.partition(":")
        for form in (root, *forms.split()):
            formal[form].add(root)
    return {form: tuple(sorted(roots)) for form, roots in sorted(formal.items())}


FORMAL_NAMES = _short_forms()
"""For a given name or short form, the formal names it may stand for; Jan and Hans meet in Johannes."""
KNOWN_GIVEN = COMMON_GIVEN | FORMAL_NAMES.keys()
"""Given names of which one is rarely a slip of the pen for another."""
