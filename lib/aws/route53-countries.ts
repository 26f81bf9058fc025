/**
 * The countries for which Route 53 has geolocation records, by continent. It has none for BV, CX, EH and HM, of which it knows no addresses:
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-geo.html
 */
export const ROUTE53_COUNTRIES: ReadonlySet<string> = new Set(
  [
    'AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN',
    'SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW',
    'AQ GS TF',
    'AE AF AM AZ BD BH BN BT CC CN GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH',
    'TJ TM TR TW UZ VN YE',
    'AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS',
    'RU SE SI SJ SK SM UA VA XK',
    'AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI',
    'AS AU CK FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TL TO TV UM VU WF WS',
    'AR BO BR CL CO EC FK GF GY PE PY SR UY VE',
  ]
    .join(' ')
    .split(' '),
);
