package io.mqttsentinel.anomaly;

import io.mqttsentinel.runtime.Origin;
import java.nio.ByteBuffer;

/** Networks, countries and autonomous systems that a client came from, the latest ones. */
final class KnownOrigins {

  private static final int NETWORKS = 5;
  private static final int COUNTRIES = 4;
  private static final int SYSTEMS = 3;
  private static final float STEP = 1 / 8f;
  private static final int LEVELS = 255;

  /** What is new about an origin. */
  enum Novelty {
    NONE,
    NETWORK,
    SYSTEM,
    COUNTRY
  }

  private final int[] networks = new int[NETWORKS];
  private final int[] countries = new int[COUNTRIES];
  private final int[] systems = new int[SYSTEMS];
  private float mobility;

  /** What is new about it, the gravest. From now on it is known. Nothing is new about the first. */
  Novelty note(Origin origin) {
    if (origin.network() == 0 || origin.network() == networks[0]) {
      return Novelty.NONE;
    }
    boolean isFirst = networks[0] == 0;
    boolean network = moveToFront(networks, origin.network());
    boolean system = origin.asn() != 0 && moveToFront(systems, (int) origin.asn());
    boolean country = origin.country() != null && moveToFront(countries, code(origin.country()));
    if (isFirst) {
      return Novelty.NONE;
    }
    mobility += ((network ? 1 : 0) - mobility) * STEP;
    if (country && countries[1] != 0) {
      return Novelty.COUNTRY;
    }
    if (system && systems[1] != 0) {
      return Novelty.SYSTEM;
    }
    // A new network of a known provider is a lease that ended.
    return network && origin.asn() == 0 ? Novelty.NETWORK : Novelty.NONE;
  }

  /** From 0 to 1: how many of the last moves led to a new network. */
  float mobility() {
    return mobility;
  }

  /** For a finding: the countries that are known, without the latest. */
  String countriesBefore() {
    StringBuilder known = new StringBuilder();
    for (int i = 1; i < COUNTRIES && countries[i] != 0; i++) {
      known.append(i == 1 ? "" : ", ");
      known.append((char) (countries[i] >> 8)).append((char) (countries[i] & 0xff));
    }
    return known.toString();
  }

  private static int code(String country) {
    return country.length() < 2 ? 1 : (country.charAt(0) & 0xff) << 8 | (country.charAt(1) & 0xff);
  }

  private static boolean moveToFront(int[] known, int value) {
    int at = 0;
    while (at < known.length - 1 && known[at] != value && known[at] != 0) {
      at++;
    }
    boolean isNew = known[at] != value;
    System.arraycopy(known, 0, known, 1, at);
    known[0] = value;
    return isNew;
  }

  void write(ByteBuffer out) {
    for (int network : networks) {
      out.putInt(network);
    }
    for (int system : systems) {
      out.putInt(system);
    }
    for (int country : countries) {
      out.putShort((short) country);
    }
    out.put((byte) Math.round(mobility * LEVELS));
  }

  void read(ByteBuffer in) {
    for (int i = 0; i < NETWORKS; i++) {
      networks[i] = in.getInt();
    }
    for (int i = 0; i < SYSTEMS; i++) {
      systems[i] = in.getInt();
    }
    for (int i = 0; i < COUNTRIES; i++) {
      countries[i] = in.getShort() & 0xffff;
    }
    mobility = (in.get() & 0xff) / (float) LEVELS;
  }
}
