//! What the server says of itself.

/// The answer of `/metrics`.
#[derive(Debug)]
pub(crate) struct Metrics(pub(crate) String);

impl Metrics {
    /// A value without labels; 0 if nothing was noted yet.
    pub(crate) fn value(&self, name: &str) -> f64 {
        self.find(&format!("{name} "))
    }

    /// The value of a layer.
    pub(crate) fn of_layer(&self, name: &str, layer: &str) -> f64 {
        self.find(&format!("{name}{{layer=\"{layer}\"}} "))
    }

    fn find(&self, before: &str) -> f64 {
        let mut values = self.0.lines().filter_map(|line| line.strip_prefix(before));
        values.next().and_then(|value| value.parse().ok()).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_name_and_its_layer() {
        let text = "# TYPE a_seconds_sum x\na_seconds_sum 0.5\na_seconds_sum_not 7\n\
            rows{layer=\"a\"} 1\nrows{layer=\"b\"} 20\n";
        let metrics = Metrics(text.to_owned());
        let found = [metrics.value("a_seconds_sum"), metrics.of_layer("rows", "b")];
        assert!((found[0] - 0.5).abs() < 1e-12 && (found[1] - 20.0).abs() < 1e-12, "{found:?}");
        assert!(metrics.value("a_seconds").abs() < 1e-12);
    }
}
