package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Finding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever pattern is taken, RE2J compiles and matches it on the stack of a small thread. */
final class RegexDepthTest {

  private static final int SMALL_STACK = 512 * 1024;
  private static final int MOST_TURNS = 2000;

  /** What makes RE2J call itself, the more the more turns there are. */
  enum Shape {
    OPTIONAL_BYTES {
      @Override
      String of(int turns) {
        return "[a-d]?".repeat(turns);
      }
    },
    COUNTED_OPTIONAL {
      @Override
      String of(int turns) {
        return "(?:[a-d]?){%d}".formatted(Math.min(turns, 1000));
      }
    },
    COUNTED_OPTIONAL_PAIRS {
      @Override
      String of(int turns) {
        return "(?:x?[a-d]?){0,%d}".formatted(Math.min(turns, 1000));
      }
    },
    NESTED_COUNTS {
      @Override
      String of(int turns) {
        int deep = Math.min(turns, 90);
        return "(?:[a-d]".repeat(deep) + "){0,2}".repeat(deep / 10) + ")?".repeat(deep - deep / 10);
      }
    },
    LONG_COUNTS_IN_COUNTS {
      @Override
      String of(int turns) {
        return "(?:(?:[a-d]{1,1000}){0,%d}x){1,4}".formatted(1 + turns % 4);
      }
    },
    CHOICES_OF_OPTIONAL {
      @Override
      String of(int turns) {
        return "(?:x|[ab]?)".repeat(turns);
      }
    },
    SHARED_PREFIXES {
      @Override
      String of(int turns) {
        StringBuilder words = new StringBuilder("(?:a");
        for (int i = 1; i < Math.min(turns, 250); i++) {
          words.append('|').append("a".repeat(i + 1));
        }
        return words.append(')').toString();
      }
    },
    LONG_CHOICE {
      @Override
      String of(int turns) {
        StringBuilder words = new StringBuilder("(?:zz");
        for (int i = 0; i < 2 * turns; i++) {
          words.append(i % 2 == 0 ? "|[a-c]" : "|d").append(i).append('x');
        }
        return words.append(')').toString();
      }
    },
    BOUNDARIES {
      @Override
      String of(int turns) {
        return "\\b".repeat(turns) + "[a-d]";
      }
    };

    abstract String of(int turns);

    /** The largest that is taken. */
    String justTaken() {
      int taken = 1;
      int refused = MOST_TURNS + 1;
      while (taken + 1 < refused) {
        int turns = (taken + refused) / 2;
        if (isTaken(of(turns))) {
          taken = turns;
        } else {
          refused = turns;
        }
      }
      return of(taken);
    }
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void whatIsTakenCompilesAndMatchesOnASmallStack(Shape shape) throws Exception {
    String taken = shape.justTaken();
    List<PayloadPattern> patterns =
        List.of(pattern(taken), pattern("lit" + taken), pattern(taken + "$"));
    onSmallStack(
        () -> {
          for (PayloadPattern pattern : patterns) {
            pattern.compileForJava();
            for (String text : List.of("", "abcd", "lit", "litabcabc", " abcdabcdabcd x")) {
              byte[] bytes = bytes(text);
              pattern.find(bytes, bytes.length);
            }
          }
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void rulesOfThemLoadAndInspectOnASmallStack(Shape shape) throws Exception {
    String taken = shape.justTaken();
    String yaml =
        """
        threat_patterns:
          - name: deep_pattern
            pattern: 'lit%s|litabcd x'
            action: flag
            tests: {match: ["litabcd x"]}
          - name: deep_exception
            pattern: 'lit[a-z]*'
            not_match: 'cd%s'
            action: flag
            tests: {match: ["lit ab"]}
        """
            .formatted(taken, pattern(taken).size() < PayloadPattern.LARGEST ? taken : "[a-d]?");
    List<String> found =
        onSmallStack(
            () -> {
              RuleSet rules =
                  RuleSet.load(Map.of("deep.yaml", yaml), EngineChoice.JAVA, DecodeLimits.DEFAULT);
              return new PatternInspector(rules, List.of(), DecodeLimits.DEFAULT)
                  .inspect(Messages.of("devices/a", "litabc abcabcabc, litq")).stream()
                      .map(Finding::getRuleId)
                      .toList();
            });
    assertTrue(found.contains("deep_exception"), found::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pattern", "not_match"})
  void whatIsDeeperIsRefusedByFileRuleAndReason(String key) {
    String other = key.equals("pattern") ? "" : "pattern: litany, ";
    String yaml =
        "threat_patterns: [{name: deep, %saction: flag, %s: 'lit(?:[a-d]?x?){1000}'}]"
            .formatted(other, key);
    RuleFileException refusal =
        assertThrows(
            RuleFileException.class,
            () -> RuleSet.load(Map.of("deep.yaml", yaml), EngineChoice.AUTO, DecodeLimits.DEFAULT));
    assertTrue(
        refusal
            .getMessage()
            .contains(
                "deep.yaml: rule deep: "
                    + key
                    + " is refused: what is optional in it nests or follows each other "),
        refusal::getMessage);
  }

  @Test
  void repeatsOfRepeatsThatAreMerelyLongAreTaken() throws Exception {
    PayloadPattern pattern = pattern("GET (?:\\S{1,1000}){1,4} HTTP");
    byte[] text = bytes("GET /" + "a".repeat(3000) + " HTTP");
    PayloadPattern.Span found = onSmallStack(() -> pattern.find(text, text.length));
    assertEquals(new PayloadPattern.Span(0, text.length), found);
  }

  @Test
  void theShippedRulesLoadOnASmallStack() throws Exception {
    Map<String, String> files = ShippedRules.files();
    RuleSet rules =
        onSmallStack(() -> RuleSet.load(files, EngineChoice.JAVA, DecodeLimits.DEFAULT));
    assertEquals(ShippedRules.loaded().size(), rules.size());
  }

  @Test
  void theExceptionsOfShippedRulesCompileOnASmallStack() throws Exception {
    List<PayloadPattern> exceptions =
        ShippedRules.threats().stream()
            .filter(rule -> rule.notMatch() != null)
            .map(Rule::notMatch)
            .toList();
    onSmallStack(() -> exceptions.stream().map(PayloadPattern::compileForJava).toList());
  }

  private static boolean isTaken(String source) {
    try {
      pattern("lit" + source + "$|other");
      return true;
    } catch (RegexSyntaxException e) {
      return false;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static PayloadPattern pattern(String source) {
    return PayloadPattern.compile(source, false, true);
  }

  private static <T> T onSmallStack(Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(null, task, "small-stack", SMALL_STACK);
    thread.start();
    return task.get();
  }
}
