package io.mqttsentinel.aggregator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Small text can be read in both themes: WCAG 2.2, 1.4.3 (level AA). */
class PageColoursTest {

  private static final double LEAST_CONTRAST = 4.5;
  private static final double BADGE_TINT = 0.13; // of its own colour, as page.css mixes it
  private static final Pattern THEME = Pattern.compile("(?s):root \\{(.*?)\\}");
  private static final Pattern COLOUR = Pattern.compile("--(\\w+): #([0-9a-f]{6})");
  private static final List<String> GROUNDS = List.of("panel", "hover", "bg", "code");
  private static final List<String> TEXTS =
      List.of(
          "ink",
          "soft",
          "accent",
          "allow",
          "flag",
          "quarantine",
          "block",
          "info",
          "low",
          "medium",
          "high",
          "critical");

  @Test
  void textStandsOutFromEveryGroundItIsOn() throws IOException {
    List<String> themes = THEME.matcher(css()).results().map(theme -> theme.group(1)).toList();
    assertEquals(2, themes.size());
    List<String> pale = new ArrayList<>();
    for (String theme : themes) {
      Map<String, int[]> colours = colours(theme);
      for (String text : TEXTS) {
        for (String ground : GROUNDS) {
          int[] colour = colours.get(text);
          double contrast = contrast(colour, tinted(colours.get(ground), colour, 0));
          double onBadge = contrast(colour, tinted(colours.get(ground), colour, BADGE_TINT));
          boolean hasBadges = ground.equals("panel") || ground.equals("hover");
          if (contrast < LEAST_CONTRAST || (hasBadges && onBadge < LEAST_CONTRAST)) {
            pale.add("%s on %s: %.2f, %.2f".formatted(text, ground, contrast, onBadge));
          }
        }
      }
    }
    assertEquals(List.of(), pale);
  }

  private static String css() throws IOException {
    try (InputStream in = PageColoursTest.class.getResourceAsStream("/sentinel-page/page.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Map<String, int[]> colours(String theme) {
    Map<String, int[]> colours = new TreeMap<>();
    for (MatchResult colour : COLOUR.matcher(theme).results().toList()) {
      int rgb = Integer.parseInt(colour.group(2), 16);
      colours.put(colour.group(1), new int[] {rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff});
    }
    return colours;
  }

  private static double[] tinted(int[] ground, int[] colour, double share) {
    double[] mixed = new double[3];
    for (int i = 0; i < 3; i++) {
      mixed[i] = colour[i] * share + ground[i] * (1 - share);
    }
    return mixed;
  }

  private static double contrast(int[] text, double[] ground) {
    double one = luminance(tinted(text, text, 0));
    double other = luminance(ground);
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  }

  /** Relative luminance of sRGB, 0 to 1, as WCAG defines it. */
  private static double luminance(double[] rgb) {
    double[] weights = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      double part = rgb[i] / 255;
      sum += weights[i] * (part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
  }
}
