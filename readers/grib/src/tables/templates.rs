//! Where GRIB2's product definition templates (4.x) keep what decides a name: octet numbers in
//! section 4, counted from 1. Fixed surfaces and time intervals are in `Product` already.

/// Octet numbers of one template; `None` for what it does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// Type of generating process (code table 4.3).
    pub generating_process: Option<usize>,
    /// Chemical constituent or aerosol type (4.230, 4.233), two octets.
    pub constituent: Option<usize>,
    pub aerosol: Option<usize>,
    /// Source or sink (4.238).
    pub source_sink: Option<usize>,
    /// Type of interval (4.91) with two scaled limits after it: size, wavelength, wave period.
    pub size: Option<usize>,
    pub wavelength: Option<usize>,
    pub wave_period: Option<usize>,
    /// Probability type (4.9) with two scaled limits after it.
    pub probability: Option<usize>,
    /// Type of relation to the reference data set (4.100), then a count.
    pub reference: Option<usize>,
    /// Mode number and, two octets on, type of distribution function (4.240).
    pub distribution: Option<usize>,
    pub random_field: Option<usize>,
    /// Number of satellite bands.
    pub bands: Option<usize>,
}

impl Layout {
    pub(super) fn of(template: u16) -> Layout {
        Layout {
            generating_process: generating_process(template),
            constituent: constituent(template).then_some(12),
            aerosol: aerosol(template).then_some(12),
            source_sink: source_sink(template).then_some(14),
            size: match template {
                44..=50
                | 85
                | 156
                | 157
                | 168
                | 169
                | 174
                | 175
                | 179
                | 180
                | 185
                | 186
                | 190
                | 191
                | 196
                | 197 => Some(14),
                80..=84
                | 158
                | 159
                | 172
                | 173
                | 176
                | 183
                | 184
                | 187
                | 194
                | 195
                | 198
                | 224..=228 => Some(15),
                _ => None,
            },
            wavelength: match template {
                108..=111 => Some(12),
                48 | 49 | 156 | 157 | 169 | 175 | 180 | 186 | 191 | 197 => Some(25),
                80 | 81 | 158 | 159 | 172 | 176 | 183 | 187 | 194 | 198 => Some(26),
                _ => None,
            },
            wave_period: match template {
                103 | 104 | 139 | 140 | 144 | 145 | 160..=165 => Some(12),
                _ => None,
            },
            probability: probability(template),
            reference: reference(template),
            distribution: matches!(template, 57 | 58 | 67 | 68).then_some(16),
            random_field: (template == 143).then_some(23),
            bands: match template {
                30 | 31 => Some(14),
                32..=34 => Some(23),
                _ => None,
            },
        }
    }
}

fn generating_process(template: u16) -> Option<usize> {
    match template {
        0..=15
        | 20
        | 30..=35
        | 51
        | 60
        | 61
        | 86..=88
        | 91
        | 92
        | 95
        | 96
        | 105..=107
        | 112
        | 117..=123
        | 128..=132
        | 134
        | 136..=138
        | 143
        | 146..=151
        | 154
        | 155
        | 203..=207
        | 311
        | 1000..=1002
        | 1100
        | 1101 => Some(12),
        40..=43 | 152 | 153 | 166 | 167 | 177 | 178 | 188 | 189 => Some(14),
        76..=79 | 170 | 171 | 181 | 182 | 192 | 193 => Some(15),
        70..=73 | 89 | 90 | 93 | 94 | 97 | 98 | 133 | 135 | 199..=202 => Some(17),
        53..=56 | 59 | 62 | 63 => Some(18),
        99..=102 | 141 | 142 => Some(20),
        57 | 58 | 67 | 68 => Some(21),
        103 | 104 | 108..=111 | 139 | 140 | 144 | 145 | 160..=165 => Some(23),
        44..=47 | 50 | 85 | 168 | 174 | 179 | 185 | 190 | 196 => Some(25),
        82..=84 | 173 | 184 | 195 | 224..=228 => Some(26),
        48 | 49 | 156 | 157 | 169 | 175 | 180 | 186 | 191 | 197 => Some(36),
        80 | 81 | 113..=116 | 124..=127 | 158 | 159 | 172 | 176 | 183 | 187 | 194 | 198 => Some(37),
        _ => None,
    }
}

fn constituent(template: u16) -> bool {
    aerosol(template)
        || matches!(template,
            40..=43 | 57 | 58 | 67 | 68 | 76..=79 | 124..=127 | 152 | 153 | 166 | 167 | 170 | 171
            | 177 | 178 | 181 | 182 | 188 | 189 | 192 | 193)
}

fn aerosol(template: u16) -> bool {
    matches!(template,
        44..=50 | 80..=85 | 156..=159 | 168 | 169 | 172..=176 | 179 | 180 | 183..=187 | 190 | 191
        | 194..=198 | 224..=228)
}

fn source_sink(template: u16) -> bool {
    matches!(template,
        76..=84 | 124..=127 | 158 | 159 | 170..=173 | 176 | 181..=184 | 187 | 192..=195 | 198
        | 224..=228)
}

fn probability(template: u16) -> Option<usize> {
    match template {
        5 | 9 | 131 => Some(37),
        119..=122 | 136 => Some(42),
        188 | 189 => Some(44),
        192 | 193 => Some(45),
        201 | 202 => Some(47),
        162 | 163 => Some(53),
        190 | 196 => Some(55),
        195 | 228 => Some(56),
        112 => Some(61),
        123 | 191 | 197 => Some(66),
        194 | 198 => Some(67),
        _ => None,
    }
}

fn reference(template: u16) -> Option<usize> {
    match template {
        128 => Some(36),
        130 => Some(38),
        129 => Some(39),
        132 => Some(40),
        133 => Some(45),
        131 => Some(49),
        136 => Some(54),
        105 => Some(60),
        107 => Some(62),
        106 => Some(63),
        134 => Some(64),
        135 => Some(69),
        112 => Some(73),
        123 => Some(78),
        _ => None,
    }
}
