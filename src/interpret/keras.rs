//! Models and weights that Keras writes: layers in their order with how many parameters they
//! have. Until Keras 2 `layer_names` and `weight_names` list them; Keras 3 (`.weights.h5`) numbers
//! the weights of a layer in its group `vars`, and the layers' order is that of their names.

use std::collections::{HashMap, HashSet};

use hyperslab_core::{Group, GroupId, VariableId};
use serde_json::Value;

use super::tree::{Attributes, grouped, natural_key};
use super::{Column, ColumnValues, Interpretation, Place, Table, Tree};

/// A layer as the overview shows it.
struct Layer {
    name: String,
    class: String,
    weights: String,
    parameters: u64,
}

pub fn interpret(tree: &Tree<'_>) -> Option<Interpretation> {
    let root = GroupId::ROOT;
    let weights = tree.find_group(root, "model_weights").unwrap_or(root);
    let Some(layers) = names(tree.group(weights)?, "layer_names") else { return keras_3(tree) };
    let mut found = Interpretation::named("Keras");
    let classes = classes(tree.root()?);
    let mut rows = Vec::new();
    let mut order = Vec::new();
    let mut seen = HashSet::new();
    for name in layers {
        if !seen.insert(name.clone()) {
            continue;
        }
        let Some(id) = tree.find_group(weights, &name) else { continue };
        let Some(group) = tree.group(id) else { continue };
        let ids = weights_of(tree, id, group);
        let layer = Layer {
            class: classes.get(&name).cloned().unwrap_or_default(),
            weights: ids.iter().map(|&id| weight_text(tree, id)).collect::<Vec<_>>().join(", "),
            parameters: ids.iter().map(|&id| parameters(tree, id)).sum(),
            name,
        };
        order.push(Place::Group(id));
        for &id in &ids {
            // Weights lie in groups within the layer's.
            if let Some(variable) = tree.variable(id) {
                found.of_group(variable.group).order.push(Place::Variable(id));
            }
        }
        let hints = found.of_group(id);
        hints.note = match (layer.class.as_str(), layer.parameters) {
            (class, 0) => class.to_owned(),
            ("", n) => parameters_text(n),
            (class, n) => format!("{class}, {}", parameters_text(n)),
        };
        rows.push(layer);
    }
    let total: u64 = rows.iter().map(|layer| layer.parameters).sum();
    let hints = found.of_group(weights);
    hints.order = order;
    hints.note = format!("{} layers, {}", rows.len(), parameters_text(total));
    hints.table = Some(overview(rows, total));
    found.first = Some(Place::Group(weights));
    if tree.root()?.get("model_config").is_some() && weights != root {
        found.of_group(root).document = Some("model_config".into());
    }
    Some(found)
}

/// `layers/dense/vars/0`, also nested: `layers/block/layers/dense/vars/0`.
fn keras_3(tree: &Tree<'_>) -> Option<Interpretation> {
    let top = tree.find_group(GroupId::ROOT, "layers")?;
    let mut found = Interpretation::named("Keras");
    let mut rows: Vec<(Vec<(String, u64)>, Layer)> = Vec::new();
    for (id, group) in tree.groups() {
        let is_numbered = |&id: &VariableId| {
            tree.variable(id).is_some_and(|v| v.name.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if group.name != "vars" || !group.variables.iter().all(is_numbered) {
            continue;
        }
        let Some(layer) = group.parent else { continue };
        let Some(path) = names_below(tree, layer, top) else { continue };
        let mut ids = group.variables.clone();
        ids.sort_by_cached_key(|&id| tree.variable(id).map(|v| natural_key(&v.name)));
        let shapes = ids.iter().map(|&id| shape_text(tree, id)).collect::<Vec<_>>();
        let parameters: u64 = ids.iter().map(|&id| parameters(tree, id)).sum();
        found.of_group(id).order = ids.into_iter().map(Place::Variable).collect();
        if parameters > 0 {
            found.of_group(layer).note = parameters_text(parameters);
        }
        let key = path.iter().map(|name| natural_key(name)).collect();
        let layer = Layer {
            name: path.join("/"),
            class: tree.group(layer).and_then(|group| group.text_of("name")).unwrap_or_default(),
            weights: shapes.join(", "),
            parameters,
        };
        rows.push((key, layer));
    }
    // Any file may have a group called `layers`.
    rows.iter().any(|(_, layer)| layer.parameters > 0).then_some(())?;
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let rows: Vec<Layer> = rows.into_iter().map(|(_, layer)| layer).collect();
    let total: u64 = rows.iter().map(|layer| layer.parameters).sum();
    let mut children = tree.group(top)?.groups.clone();
    children.sort_by_cached_key(|&id| tree.group(id).map(|group| natural_key(&group.name)));
    let hints = found.of_group(top);
    hints.order = children.into_iter().map(Place::Group).collect();
    hints.note = format!("{} layers, {}", rows.len(), parameters_text(total));
    hints.table = Some(overview(rows, total));
    found.first = Some(Place::Group(top));
    Some(found)
}

/// The names of a layer and of those it is in, without the groups `layers` between them.
fn names_below(tree: &Tree<'_>, id: GroupId, top: GroupId) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut at = id;
    while at != top {
        let group = tree.group(at)?;
        if group.name != "layers" {
            names.push(group.name.clone());
        }
        at = group.parent?;
    }
    names.reverse();
    Some(names)
}

fn parameters_text(count: u64) -> String {
    format!("{} parameters", grouped(count))
}

/// A list of names, which is cut in pieces (`layer_names0`, `layer_names1`) where it is long.
fn names(group: &Group, attribute: &str) -> Option<Vec<String>> {
    if let Some(names) = group.texts_of(attribute) {
        return Some(names);
    }
    // Keras writes an empty list as no numbers.
    if group.get(attribute).is_some() {
        return Some(Vec::new());
    }
    let pieces = (0..).map_while(|k| group.texts_of(&format!("{attribute}{k}")));
    Some(pieces.flatten().collect::<Vec<_>>()).filter(|names| !names.is_empty())
}

fn weights_of(tree: &Tree<'_>, id: GroupId, group: &Group) -> Vec<VariableId> {
    let names = names(group, "weight_names").unwrap_or_default();
    names.iter().filter_map(|name| tree.find_variable(id, name)).collect()
}

fn parameters(tree: &Tree<'_>, id: VariableId) -> u64 {
    tree.variable(id).map_or(0, |variable| variable.element_count())
}

/// `kernel 3 × 3 × 8`.
fn weight_text(tree: &Tree<'_>, id: VariableId) -> String {
    let Some(variable) = tree.variable(id) else { return String::new() };
    let name = variable.name.split(':').next().unwrap_or_default();
    format!("{name} {}", shape_text(tree, id))
}

fn shape_text(tree: &Tree<'_>, id: VariableId) -> String {
    let axes = tree.variable(id).map_or(&[][..], |variable| &variable.axes);
    axes.iter().map(|axis| axis.length.to_string()).collect::<Vec<_>>().join(" × ")
}

/// What kind each layer is, from the model's description.
fn classes(root: &Group) -> HashMap<String, String> {
    let mut found = HashMap::new();
    let text = root.text_of("model_config").unwrap_or_default();
    let Ok(config) = serde_json::from_str::<Value>(&text) else { return found };
    let layers = config.pointer("/config/layers").or_else(|| config.get("config"));
    for layer in layers.and_then(Value::as_array).into_iter().flatten() {
        let name = layer.pointer("/config/name").or_else(|| layer.get("name"));
        let texts = (name.and_then(Value::as_str), layer.get("class_name").and_then(Value::as_str));
        if let (Some(name), Some(class)) = texts {
            found.insert(name.to_owned(), class.to_owned());
        }
    }
    found
}

fn overview(layers: Vec<Layer>, total: u64) -> Table {
    let column = |name: &str, text: &dyn Fn(&Layer) -> String, last: String| {
        let texts = layers.iter().map(text).chain([last]).collect();
        Column::new(name, ColumnValues::Texts(texts))
    };
    let columns = vec![
        column("layer", &|layer| layer.name.clone(), "total".into()),
        column("class", &|layer| layer.class.clone(), String::new()),
        column("weights", &|layer| layer.weights.clone(), String::new()),
        column("parameters", &|layer| layer.parameters.to_string(), total.to_string()),
    ];
    Table { rows: layers.len() as u64 + 1, columns, index_columns: 1, order: None }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn layers_come_in_their_order_with_their_parameters() {
        let config = r#"{"class_name": "Model", "config": {"layers": [
            {"class_name": "Dense", "name": "z", "config": {"name": "z"}}]}}"#;
        let file = File::new()
            .attribute("/", "model_config", text(config))
            .group("/model_weights", &[("layer_names", texts(&["z", "flat", "a"]))])
            .group("/model_weights/a", &[("weight_names", texts(&["a/bias:0"]))])
            .group("/model_weights/a/a", &[])
            .variable("/model_weights/a/a/bias:0", float(&[10]), &[])
            .group(
                "/model_weights/flat",
                &[("weight_names", hyperslab_core::Array::vector(Vec::<f64>::new().into()))],
            )
            .group("/model_weights/z", &[("weight_names", texts(&["z/kernel:0", "z/bias:0"]))])
            .group("/model_weights/z/z", &[])
            .variable("/model_weights/z/z/bias:0", float(&[10]), &[])
            .variable("/model_weights/z/z/kernel:0", float(&[120, 10]), &[]);
        // The weights are named from the layer on, which holds a group of its own name.
        let found = file.interpret();
        let id = file.group_id("/model_weights");
        assert_eq!(found.first, Some(Place::Group(id)));
        let order: Vec<String> =
            found.groups[&id].order.iter().map(|&place| file.path(place)).collect();
        assert_eq!(order, ["/model_weights/z", "/model_weights/flat", "/model_weights/a"]);
        assert_eq!(found.groups[&id].note, "3 layers, 1\u{202f}220 parameters");
        let z = &found.groups[&file.group_id("/model_weights/z")];
        let weights = &found.groups[&file.group_id("/model_weights/z/z")].order;
        assert_eq!(weights[0], Place::Variable(file.id("/model_weights/z/z/kernel:0")));
        assert_eq!(z.note, "Dense, 1\u{202f}210 parameters");
        assert_eq!(found.groups[&GroupId::ROOT].document.as_deref(), Some("model_config"));
        let table = found.table(id).unwrap();
        assert_eq!(table.rows, 4);
        let parameters = ["1210", "0", "10", "1220"].map(String::from).to_vec();
        assert_eq!(table.columns[3].values, ColumnValues::Texts(parameters));
    }

    #[test]
    fn numbered_weights_of_keras_3_are_layers_in_the_order_of_their_numbers() {
        let mut file = File::new().group("/layers", &[]);
        for name in ["dense_10", "dense_2", "dense", "flatten"] {
            file = file.group(&format!("/layers/{name}"), &[]);
            file = file.group(&format!("/layers/{name}/vars"), &[]);
        }
        let file = file
            .variable("/layers/dense/vars/1", float(&[4]), &[])
            .variable("/layers/dense/vars/0", float(&[3, 4]), &[])
            .variable("/layers/dense_2/vars/0", float(&[4, 2]), &[])
            .variable("/layers/dense_10/vars/0", float(&[2, 1]), &[])
            .group("/optimizer", &[])
            .group("/optimizer/vars", &[])
            .variable("/optimizer/vars/0", float(&[100]), &[]);
        let found = file.interpret();
        let top = file.group_id("/layers");
        assert_eq!((found.names[0].as_str(), found.first), ("Keras", Some(Place::Group(top))));
        assert_eq!(found.groups[&top].note, "4 layers, 26 parameters");
        let columns = &found.table(top).unwrap().columns;
        let names = ["dense", "dense_2", "dense_10", "flatten", "total"].map(String::from).to_vec();
        assert_eq!(columns[0].values, ColumnValues::Texts(names));
        let weights = ["3 × 4, 4", "4 × 2", "2 × 1", "", ""].map(String::from).to_vec();
        assert_eq!(columns[2].values, ColumnValues::Texts(weights));
        // Any file may have a group of this name.
        let other = File::new().group("/layers", &[]).variable("/layers/depth", float(&[3]), &[]);
        assert!(other.interpret().names.is_empty());
    }
}
