package io.mqttsentinel.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a service counts, in Prometheus' text format; the difference of two is a stretch of time.
 */
record MetricsPage(Map<MetricsPage.Series, Double> samples) {

  /** Name and labels of one line. */
  record Series(String name, Map<String, String> labels) {

    boolean has(String label, String value) {
      return value.equals(labels.get(label));
    }
  }

  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)(?: \\d+)?");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /**
   * Reads the page of a service on this machine.
   *
   * @throws IOException if it does not answer with one
   */
  static MetricsPage read(int port) throws IOException, InterruptedException {
    URI page = URI.create("http://127.0.0.1:%d/prometheus".formatted(port));
    HttpRequest request = HttpRequest.newBuilder(page).timeout(REQUEST_LIMIT).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != OK) {
        throw new IOException("%s answered %d".formatted(page, answer.statusCode()));
      }
      return parse(answer.body());
    }
  }

  /** Comments and what is no number are left out. */
  static MetricsPage parse(String text) {
    Map<Series, Double> samples = new HashMap<>();
    for (String line : text.lines().toList()) {
      Matcher parts = LINE.matcher(line);
      if (!line.startsWith("#") && parts.matches()) {
        samples.put(new Series(parts.group(1), labels(parts.group(2))), number(parts.group(3)));
      }
    }
    return new MetricsPage(samples);
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    if (text != null) {
      Matcher label = LABEL.matcher(text);
      while (label.find()) {
        labels.put(label.group(1), label.group(2));
      }
    }
    return labels;
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** What was counted since an earlier page. */
  MetricsPage minus(MetricsPage earlier) {
    Map<Series, Double> difference = new HashMap<>();
    samples.forEach(
        (series, value) ->
            difference.put(series, value - earlier.samples.getOrDefault(series, 0.0)));
    return new MetricsPage(difference);
  }

  /** The sum of a counter's series. */
  long sum(String name, Predicate<Series> which) {
    return Math.round(
        samples.entrySet().stream()
            .filter(sample -> sample.getKey().name().equals(name) && which.test(sample.getKey()))
            .mapToDouble(Map.Entry::getValue)
            .sum());
  }

  /** A counter's sums by the values of one label; none where nothing was counted. */
  Map<String, Long> by(String name, String label) {
    Map<String, Long> sums = new TreeMap<>();
    samples.forEach(
        (series, value) -> {
          if (series.name().equals(name) && value > 0) {
            sums.merge(series.labels().getOrDefault(label, ""), Math.round(value), Long::sum);
          }
        });
    return sums;
  }

  /**
   * A timer's buckets, over all its series that fit.
   *
   * @param name without {@code _bucket}
   */
  Buckets buckets(String name, Predicate<Series> which) {
    TreeMap<Double, Double> counts = new TreeMap<>();
    samples.forEach(
        (series, value) -> {
          if (series.name().equals(name + "_bucket") && which.test(series)) {
            counts.merge(number(series.labels().get("le")), value, Double::sum);
          }
        });
    return new Buckets(counts);
  }

  /**
   * A histogram's cumulative counts by the upper bounds of its buckets, in seconds.
   *
   * @param counts the last is of everything
   */
  record Buckets(TreeMap<Double, Double> counts) {

    long count() {
      return counts.isEmpty() ? 0 : Math.round(counts.lastEntry().getValue());
    }

    /** Milliseconds that so many percent did not exceed: the upper bound of their bucket. */
    double atMostMillis(double percent) {
      double rank = count() * percent / 100;
      return counts.entrySet().stream()
          .filter(bucket -> bucket.getValue() >= rank)
          .mapToDouble(bucket -> bucket.getKey() * 1_000)
          .findFirst()
          .orElse(0);
    }
  }
}
