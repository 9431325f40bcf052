package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanKind;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BansTest {

  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final InstantSource source = now::get;
  private final Clock clock = source.withZone(ZoneOffset.UTC);
  private final Bans bans = new Bans(clock);

  @Test
  void eachKindIsFoundByItsOwn() {
    ban(BanKind.CLIENT_ID, "c:1", null);
    ban(BanKind.USERNAME, "u", null);
    ban(BanKind.ADDRESS, "192.0.2.0/24", null);
    ban(BanKind.ADDRESS, "2001:db8::7", null);
    assertNotNull(bans.find("c:1", null));
    assertNotNull(bans.find("other", "u"));
    assertNull(bans.find("u", "c:1"));
    assertNotNull(bans.find(PeerAddress.parse("192.0.2.9")));
    assertNotNull(bans.find(PeerAddress.parse("2001:db8::7")));
    assertNull(bans.find(PeerAddress.parse("2001:db8::8")));
    assertEquals(4, bans.count());
  }

  @Test
  void endsWithItsTimeOrWhenItIsLifted() {
    ban(BanKind.CLIENT_ID, "c", START.plusSeconds(10));
    ban(BanKind.ADDRESS, "192.0.2.1", null);
    assertNotNull(bans.find("c", null));
    now.set(START.plusSeconds(10));
    assertNull(bans.find("c", null));
    bans.purge();
    assertEquals(1, bans.count());
    bans.put("ADDRESS:192.0.2.1", null);
    assertNull(bans.find(PeerAddress.parse("192.0.2.1")));
    assertEquals(0, bans.count());
  }

  @Test
  void prefixIsLookedUpAsLongAsOneOfItsRangesIsBanned() {
    ban(BanKind.ADDRESS, "192.0.2.0/24", null);
    ban(BanKind.ADDRESS, "192.0.2.0/24", START.plusSeconds(60));
    ban(BanKind.ADDRESS, "198.51.100.0/24", START.plusSeconds(10));
    ban(BanKind.ADDRESS, "10.0.0.0/8", null);
    now.set(START.plusSeconds(20));
    bans.purge();
    assertNotNull(bans.find(PeerAddress.parse("192.0.2.9")));
    bans.put("ADDRESS:192.0.2.0/24", null);
    bans.put("ADDRESS:192.0.2.0/24", null);
    assertNull(bans.find(PeerAddress.parse("192.0.2.9")));
    assertNotNull(bans.find(PeerAddress.parse("10.9.9.9")));
    ban(BanKind.ADDRESS, "203.0.113.0/24", null);
    assertNotNull(bans.find(PeerAddress.parse("203.0.113.1")));
  }

  @Test
  void oldRecordsThatAreOverTakeNoRoom() {
    ban(BanKind.CLIENT_ID, "c", START.minusSeconds(1));
    assertEquals(0, bans.count());
  }

  @Test
  void millionRecordsThatAreOverTakeNoRoomEither() {
    for (int i = 0; i < 1_000_000; i++) {
      String address = "10.%d.%d.%d".formatted(i >> 16, (i >> 8) & 0xFF, i & 0xFF);
      ban(BanKind.ADDRESS, address, START.minusSeconds(1));
      assertEquals(0, bans.count());
    }
  }

  @Test
  void nonsenseIsRefusedByName() {
    assertThrows(IllegalArgumentException.class, () -> ban(BanKind.ADDRESS, "1.2.3.4/99", null));
    assertThrows(IllegalArgumentException.class, () -> bans.put("nothing", null));
  }

  private void ban(BanKind kind, String value, Instant until) {
    bans.put(Bans.key(kind, value), new Ban(START, kind, value, until, "test", "me"));
  }
}
