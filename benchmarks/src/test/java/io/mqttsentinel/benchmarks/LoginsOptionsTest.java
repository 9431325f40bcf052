package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LoginsOptionsTest {

  @Test
  void defaultsAreThePromise() {
    LoginsOptions options = LoginsOptions.parse(List.of());
    assertEquals(1_500_000, options.accounts());
    assertEquals(1_500, options.rate());
    assertEquals(LoginHash.SHA256, options.hash());
    assertEquals(5_000, options.flood());
    assertEquals(10_000, options.badLogins());
    assertEquals(1_000, options.sources());
    assertEquals(Processes.MANY, options.stack().processes());
    assertEquals(options.alerts(), options.stack().rate());
    assertEquals(options.clients(), options.stack().clients());
  }

  @Test
  void commandRepeatsTheRun() {
    List<String> words =
        List.of(
            "--hash",
            "bcrypt",
            "--rate=20",
            "--set",
            "sentinel.edge.abuse.ban-for=0s",
            "--jvm=-Xmx1g");
    assertEquals(
        "./sentinel bench logins --accounts 1500000 --rate 20 --seconds 20 --hash bcrypt --good 50"
            + " --flood 5000 --bad-logins 10000 --sources 1000 --flood-seconds 40 --alerts 50"
            + " --clients 200 --warmup 30 --set sentinel.edge.abuse.ban-for=0s --jvm='-Xmx1g'",
        LoginsOptions.parse(words).command());
  }

  @Test
  void fewerAccountsThanAreUsedAreRefused() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                LoginsOptions.parse(
                    List.of(
                        "--accounts=1000",
                        "--rate=10",
                        "--seconds=2",
                        "--warmup=1",
                        "--good=500",
                        "--flood-seconds=2")));
    assertTrue(refusal.getMessage().contains("--accounts is 1000"), refusal.getMessage());
  }

  @Test
  void unknownHashIsRefused() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> LoginsOptions.parse(List.of("--hash", "md5")));
    assertTrue(refusal.getMessage().contains("'md5', expected sha256"), refusal.getMessage());
  }

  @Test
  void longerThanTheEdgeRemembersIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> LoginsOptions.parse(List.of("--seconds", "41")));
  }
}
