package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Finding;
import java.util.List;

/**
 * What the inspection of one payload saw, found and took.
 *
 * @param kinds of content: {@code text}, {@code json}, {@code binary}
 * @param rules their number
 * @param views of the payload, in the order in which they are made
 * @param decodingNanos for all views, without matching
 * @param nanos for the whole inspection of all fields, the median of many
 */
public record SignatureExplanation(
    List<String> kinds,
    String version,
    int rules,
    String engine,
    List<View> views,
    long decodingNanos,
    long nanos,
    List<Finding> findings) {

  /**
   * One form of the payload.
   *
   * @param chain the way to it: {@code json>url}
   * @param patterns that matched in it, before scope and conditions of their rules
   */
  public record View(
      String chain, int bytes, int patterns, long matchingNanos, long tokenisingNanos) {}
}
