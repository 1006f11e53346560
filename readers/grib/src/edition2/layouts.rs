//! Where each product definition template keeps what many of them have (GRIB2 templates 4.0 to
//! 4.1101): a table instead of 190 structures.
//!
//! A line is a template's number and `octet:block` for each block, after the octet it begins at.
//! What follows a list of varying length is given as if the list were empty; `*13x2` at the end
//! of a line says that octet 13 counts its entries of 2 octets. Template 4.254 (text) and those
//! that are not here have octets 10 and 11, category and number of the parameter, in common.

use std::sync::OnceLock;

/// Octets, counted from 1; 0 where a template has no such block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub template: u16,
    /// Type of generating process; two octets later the process itself.
    pub process: u16,
    /// Unit of the forecast time, followed by the time.
    pub time: u16,
    /// Octets of the forecast time: 2 in template 4.44, otherwise 4.
    pub time_len: u8,
    /// First and second fixed surface, six octets each.
    pub surfaces: u16,
    /// Type of ensemble forecast, number of the member, number of members.
    pub ensemble: u16,
    /// Octets of each of these numbers.
    pub ensemble_len: u8,
    /// The number of the member is left out.
    pub is_whole_ensemble: bool,
    pub derived: u16,
    /// Octets of the number of members after the kind of derivation.
    pub derived_len: u8,
    pub probability: u16,
    pub percentile: u16,
    /// End of the overall time interval and the statistical processes.
    pub end: u16,
    /// Date of the model version of a reforecast.
    pub model: u16,
    /// Number of satellite bands, followed by the bands.
    pub bands: u16,
    pub band_len: u8,
    pub list: Option<List>,
}

/// A list before other blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    pub count_at: u16,
    pub entry_len: u16,
    /// Blocks from here on come after the list.
    pub first: u16,
}

/// `None` for a template that is not known.
pub fn layout(template: u16) -> Option<&'static Layout> {
    static PARSED: OnceLock<Vec<Layout>> = OnceLock::new();
    let all = PARSED.get_or_init(|| LAYOUTS.lines().filter_map(parse).collect());
    let found = all.binary_search_by_key(&template, |layout| layout.template).ok()?;
    all.get(found)
}

fn parse(line: &str) -> Option<Layout> {
    let mut words = line.split_ascii_whitespace();
    let mut layout = Layout { template: words.next()?.parse().ok()?, ..Layout::default() };
    for word in words {
        if let Some(list) = word.strip_prefix('*') {
            let (count_at, entry_len) = list.split_once('x')?;
            let count_at = count_at.parse().ok()?;
            layout.list = Some(List { count_at, entry_len: entry_len.parse().ok()?, first: 0 });
            continue;
        }
        let (octet, block) = word.split_once(':')?;
        let at: u16 = octet.parse().ok()?;
        match block {
            "process" => layout.process = at,
            "time" => (layout.time, layout.time_len) = (at, 4),
            "time2" => (layout.time, layout.time_len) = (at, 2),
            "surfaces" => layout.surfaces = at,
            "ensemble" => (layout.ensemble, layout.ensemble_len) = (at, 1),
            "ensemble4" => (layout.ensemble, layout.ensemble_len) = (at, 4),
            "members4" => {
                (layout.ensemble, layout.ensemble_len) = (at, 4);
                layout.is_whole_ensemble = true;
            }
            "derived" => (layout.derived, layout.derived_len) = (at, 1),
            "derived4" => (layout.derived, layout.derived_len) = (at, 4),
            "probability" => layout.probability = at,
            "percentile" => layout.percentile = at,
            "end" => layout.end = at,
            "model" => layout.model = at,
            "bands10" => (layout.bands, layout.band_len) = (at, 10),
            "bands11" => (layout.bands, layout.band_len) = (at, 11),
            "bands19" => (layout.bands, layout.band_len) = (at, 19),
            _ => return None,
        }
    }
    layout.list = layout.list.map(|list| List { first: list.first_after(), ..list });
    Some(layout)
}

impl List {
    /// The octet after the count; after the statistical block's 47 octets where the list is its
    /// time ranges (octet 42 counts them, octets 43 to 46 belong to no entry).
    fn first_after(&self) -> u16 {
        if self.count_at == 42 { 47 } else { self.count_at + 1 }
    }
}

const LAYOUTS: &str = "\
0 12:process 18:time 23:surfaces
1 12:process 18:time 23:surfaces 35:ensemble
2 12:process 18:time 23:surfaces 35:derived
3 12:process 18:time 23:surfaces 35:derived
4 12:process 18:time 23:surfaces 35:derived
5 12:process 18:time 23:surfaces 35:probability
6 12:process 18:time 23:surfaces 35:percentile
7 12:process 18:time 23:surfaces
8 12:process 18:time 23:surfaces 35:end
9 12:process 18:time 23:surfaces 35:probability 48:end
10 12:process 18:time 23:surfaces 35:percentile 36:end
11 12:process 18:time 23:surfaces 35:ensemble 38:end
12 12:process 18:time 23:surfaces 35:derived 37:end
13 12:process 18:time 23:surfaces 35:derived 69:end
14 12:process 18:time 23:surfaces 35:derived 65:end
15 12:process 18:time 23:surfaces
20 12:process
30 12:process 14:bands10
31 12:process 14:bands11
32 12:process 18:time 23:bands11
33 12:process 18:time 23:bands11 24:ensemble *23x11
34 12:process 18:time 23:bands11 24:ensemble 27:end *23x11
35 12:process 15:bands11
40 14:process 20:time 25:surfaces
41 14:process 20:time 25:surfaces 37:ensemble
42 14:process 20:time 25:surfaces 37:end
43 14:process 20:time 25:surfaces 37:ensemble 40:end
44 25:process 31:time2 34:surfaces
45 25:process 31:time 36:surfaces 48:ensemble
46 25:process 31:time 36:surfaces 48:end
47 25:process 31:time 36:surfaces 48:ensemble 51:end
48 36:process 42:time 47:surfaces
49 36:process 42:time 47:surfaces 59:ensemble
50 25:process 31:time 36:surfaces
51 12:process 18:time 23:surfaces
53 16:process 22:time 27:surfaces *13x2
54 16:process 22:time 27:surfaces 39:ensemble *13x2
55 18:process 24:time 29:surfaces
56 18:process 24:time 29:surfaces
57 21:process 27:time 32:surfaces *20x5
58 21:process 27:time 32:surfaces 44:ensemble *20x5
59 18:process 24:time 29:surfaces 41:ensemble
60 12:process 18:time 23:surfaces 35:ensemble 38:model
61 12:process 18:time 23:surfaces 35:ensemble 38:model 45:end
62 18:process 24:time 29:surfaces 41:end
63 18:process 24:time 29:surfaces 41:ensemble 44:end
67 21:process 27:time 32:surfaces 44:end *20x5
68 21:process 27:time 32:surfaces 44:ensemble 47:end *20x5
70 17:process 23:time 28:surfaces
71 17:process 23:time 28:surfaces 40:ensemble
72 17:process 23:time 28:surfaces 40:end
73 17:process 23:time 28:surfaces 40:ensemble 43:end
76 15:process 21:time 26:surfaces
77 15:process 21:time 26:surfaces 38:ensemble
78 15:process 21:time 26:surfaces 38:end
79 15:process 21:time 26:surfaces 38:ensemble 41:end
80 37:process 43:time 48:surfaces
81 37:process 43:time 48:surfaces 60:ensemble
82 26:process 32:time 37:surfaces 49:end
83 26:process 32:time 37:surfaces 49:ensemble 52:end
84 26:process 32:time 37:surfaces 49:ensemble 52:end
85 25:process 31:time 36:surfaces 48:ensemble 51:end
86 12:process 18:time 23:surfaces
87 12:process 18:time 23:surfaces 39:end
88 12:process 15:surfaces
89 17:process 23:time 28:surfaces
90 17:process 23:time 28:surfaces 44:end
91 12:process 18:time 23:surfaces 36:end *35x12
92 12:process 15:surfaces 27:ensemble
93 17:process 20:surfaces
94 17:process 20:surfaces 32:ensemble
95 12:process 15:surfaces
96 12:process 15:surfaces 27:ensemble
97 17:process 20:surfaces
98 17:process 20:surfaces 32:ensemble
99 20:process 26:time
100 20:process 26:time 31:ensemble
101 20:process 26:time
102 20:process 26:time 31:ensemble
103 23:process 29:time 34:surfaces
104 23:process 29:time 34:surfaces 46:ensemble
105 12:process 18:time 23:surfaces 35:end
106 12:process 18:time 23:surfaces 35:end 47:ensemble *42x12
107 12:process 18:time 23:surfaces 35:end 47:derived *42x12
108 23:process 29:time 34:surfaces
109 23:process 29:time 34:surfaces 46:ensemble
110 23:process 29:time 34:surfaces 46:end
111 23:process 29:time 34:surfaces 46:ensemble 49:end
112 12:process 18:time 23:surfaces 35:end 47:probability *42x12
113 36:process 42:time 47:surfaces *17x1
114 36:process 42:time 47:surfaces 59:end *17x1
115 36:process 42:time 47:surfaces 59:ensemble4 *17x1
116 36:process 42:time 47:surfaces 59:ensemble4 68:end *17x1
117 12:process 18:time 23:surfaces 35:ensemble4
118 12:process 18:time 23:surfaces 35:ensemble4 44:end
119 12:process 18:time 23:surfaces 35:members4 40:probability
120 12:process 18:time 23:surfaces 35:members4 40:probability 53:end
121 12:process 18:time 23:surfaces 35:members4 40:probability
122 12:process 18:time 23:surfaces 35:members4 40:probability 53:end
123 12:process 18:time 23:surfaces 35:end 47:members4 52:probability *42x12
124 37:process 43:time 48:surfaces
125 37:process 43:time 48:surfaces 60:ensemble
126 37:process 43:time 48:surfaces 60:end
127 37:process 43:time 48:surfaces 60:ensemble 63:end
128 12:process 18:time 23:surfaces
129 12:process 18:time 23:surfaces 35:ensemble
130 12:process 18:time 23:surfaces 35:derived
131 12:process 18:time 23:surfaces 35:probability
132 12:process 18:time 23:surfaces
133 17:process 23:time 28:surfaces
134 12:process 18:time 23:surfaces 39:end
135 17:process 23:time 28:surfaces 44:end
136 12:process 18:time 23:surfaces 35:members4 40:probability
137 12:process 18:time 23:surfaces 35:derived4 40:model
138 12:process 18:time 23:surfaces 35:derived4 47:end
139 23:process 29:time 34:surfaces 46:model
140 23:process 29:time 34:surfaces 46:ensemble4 55:model
141 20:process 26:time 31:model
142 20:process 26:time 31:ensemble4 40:model
143 12:process 18:time 41:surfaces 53:ensemble4
144 23:process 29:time 34:surfaces 46:end
145 23:process 29:time 34:surfaces 46:ensemble4 55:end
146 12:process 18:time 23:surfaces
147 12:process 18:time 23:surfaces 35:end
148 12:process 18:time 23:surfaces 35:ensemble4
149 12:process 18:time 23:surfaces 35:ensemble4 44:end
150 12:process 18:time 23:surfaces 35:derived4
151 12:process 18:time 23:surfaces 35:derived4 40:end
152 14:process 20:time 25:surfaces 37:ensemble4 46:model
153 14:process 20:time 25:surfaces 37:ensemble4 46:model 53:end
154 12:process 18:time 23:surfaces 35:ensemble4 44:model
155 12:process 18:time 23:surfaces 35:ensemble4 44:model 51:end
156 36:process 42:time 47:surfaces 59:end
157 36:process 42:time 47:surfaces 59:ensemble4 68:end
158 37:process 43:time 48:surfaces 60:end
159 37:process 43:time 48:surfaces 60:ensemble4 69:end
160 23:process 29:time 34:surfaces 46:derived4
161 23:process 29:time 34:surfaces 46:derived4 51:end
162 23:process 29:time 34:surfaces 46:members4 51:probability
163 23:process 29:time 34:surfaces 46:members4 51:probability 64:end
164 23:process 29:time 34:surfaces
165 23:process 29:time 34:surfaces 50:end
166 14:process 20:time 25:surfaces 37:derived4
167 14:process 20:time 25:surfaces 37:derived4 42:end
168 25:process 31:time 36:surfaces 48:derived4
169 36:process 42:time 47:surfaces 59:derived4
170 15:process 21:time 26:surfaces 38:derived4
171 15:process 21:time 26:surfaces 38:derived4 43:end
172 37:process 43:time 48:surfaces 60:derived4
173 26:process 32:time 37:surfaces 49:derived4 54:end
174 25:process 31:time 36:surfaces 48:derived4 53:end
175 36:process 42:time 47:surfaces 59:derived4 64:end
176 37:process 43:time 48:surfaces 60:derived4 65:end
177 14:process 20:time 25:surfaces
178 14:process 20:time 25:surfaces 41:end
179 25:process 31:time 36:surfaces
180 36:process 42:time 47:surfaces
181 15:process 21:time 26:surfaces
182 15:process 21:time 26:surfaces 42:end
183 37:process 43:time 48:surfaces
184 26:process 32:time 37:surfaces 53:end
185 25:process 31:time 36:surfaces 52:end
186 36:process 42:time 47:surfaces 63:end
187 37:process 43:time 48:surfaces 64:end
188 14:process 20:time 25:surfaces 37:members4 42:probability
189 14:process 20:time 25:surfaces 37:members4 42:probability 55:end
190 25:process 31:time 36:surfaces 48:members4 53:probability
191 36:process 42:time 47:surfaces 59:members4 64:probability
192 15:process 21:time 26:surfaces 38:members4 43:probability
193 15:process 21:time 26:surfaces 38:members4 43:probability 56:end
194 37:process 43:time 48:surfaces 60:members4 65:probability
195 26:process 32:time 37:surfaces 49:members4 54:probability 67:end
196 25:process 31:time 36:surfaces 48:members4 53:probability 66:end
197 36:process 42:time 47:surfaces 59:members4 64:probability 77:end
198 37:process 43:time 48:surfaces 60:members4 65:probability 78:end
199 17:process 23:time 28:surfaces 40:derived4
200 17:process 23:time 28:surfaces 40:derived4 45:end
201 17:process 23:time 28:surfaces 40:members4 45:probability
202 17:process 23:time 28:surfaces 40:members4 45:probability 58:end
203 12:process 14:bands19
204 12:process 18:time 23:bands19
205 12:process 18:time 23:bands19 24:ensemble4 *23x19
206 12:process 18:time 23:bands19 24:ensemble4 33:end *23x19
207 12:process 15:bands19
1000 12:process 18:time
1001 12:process 18:time
1002 12:process 18:time
1100 12:process 18:time 23:surfaces
1101 12:process 18:time 23:surfaces";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_they_are_in_order() {
        let parsed: Vec<Layout> = LAYOUTS.lines().filter_map(parse).collect();
        assert_eq!(parsed.len(), LAYOUTS.lines().count());
        assert!(parsed.windows(2).all(|two| two[0].template < two[1].template));
        // Blocks do not lie on each other: first octets grow in the order of the template.
        let ends = parsed.iter().filter(|layout| layout.end != 0);
        assert!(ends.clone().count() > 50);
        assert!(ends.clone().all(|layout| layout.end >= 27 && layout.end > layout.time));
    }

    #[test]
    fn templates_that_are_not_listed_have_no_layout() {
        assert!(layout(254).is_none());
        assert!(layout(65_535).is_none());
        assert_eq!(layout(8).unwrap().end, 35);
    }
}
