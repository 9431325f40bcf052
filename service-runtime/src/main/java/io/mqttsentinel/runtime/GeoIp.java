package io.mqttsentinel.runtime;

import com.maxmind.db.CHMCache;
import com.maxmind.db.InvalidNetworkException;
import com.maxmind.db.Networks;
import com.maxmind.db.NetworksIterationException;
import com.maxmind.db.Reader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Country, autonomous system and place of an address, from files in MaxMind's format. The names of
 * the fields are those of MaxMind's, DB-IP's and ip-location-db's files. Without files nothing is
 * known.
 */
public final class GeoIp implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GeoIp.class);

  private static final int SAMPLED = 1000;

  private final List<Reader> readers;

  private GeoIp(List<Reader> readers) {
    this.readers = readers;
  }

  /**
   * Opens files that stay open until this is closed.
   *
   * @param key of the configuration that names the files
   * @throws IllegalArgumentException if a file cannot be read
   */
  public static GeoIp open(String key, List<String> files) {
    List<Reader> readers = new ArrayList<>();
    for (String file : files) {
      try {
        readers.add(new Reader(new File(file), new CHMCache()));
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "configuration %s is '%s', expected files in MaxMind's DB format (%s)"
                .formatted(key, file, e.getMessage()));
      }
    }
    return new GeoIp(readers);
  }

  Origin locate(int network, InetAddress address) {
    String country = null;
    long asn = 0;
    Place place = null;
    for (Reader reader : readers) {
      Map<?, ?> record = read(reader, address);
      country = country == null ? country(record) : country;
      asn =
          asn == 0 && record.get("autonomous_system_number") instanceof Number n
              ? n.longValue()
              : asn;
      place = place == null ? place(record) : place;
    }
    return new Origin(network, country, asn, place);
  }

  /** Whether a file knows where its first networks lie, and not only whose they are. */
  public boolean knowsPlaces() {
    for (Reader reader : readers) {
      try {
        Networks<?> networks = reader.networks(Map.class);
        for (int i = 0; i < SAMPLED && networks.hasNext(); i++) {
          if (networks.next().data() instanceof Map<?, ?> record && place(record) != null) {
            return true;
          }
        }
      } catch (IOException | InvalidNetworkException | NetworksIterationException e) {
        LOG.warn("Could not look into a GeoIP file", e);
      }
    }
    return false;
  }

  private static Map<?, ?> read(Reader reader, InetAddress address) {
    try {
      Map<?, ?> record = reader.get(address, Map.class);
      return record == null ? Map.of() : record;
    } catch (IOException e) {
      LOG.warn("Could not look up an address in a GeoIP file", e);
      return Map.of();
    }
  }

  private static String country(Map<?, ?> record) {
    if (record.get("country_code") instanceof String code) {
      return code;
    }
    return record.get("country") instanceof Map<?, ?> country
            && country.get("iso_code") instanceof String code
        ? code
        : null;
  }

  /** MaxMind's and DB-IP's files have a map for it, those of ip-location-db do not. */
  private static Place place(Map<?, ?> record) {
    Map<?, ?> location = record.get("location") instanceof Map<?, ?> inner ? inner : record;
    return location.get("latitude") instanceof Number latitude
            && location.get("longitude") instanceof Number longitude
        ? new Place(
            latitude.doubleValue(),
            longitude.doubleValue(),
            location.get("accuracy_radius") instanceof Number radius ? radius.intValue() : 0)
        : null;
  }

  @Override
  public void close() {
    for (Reader reader : readers) {
      try {
        reader.close();
      } catch (IOException e) {
        LOG.warn("Could not close a GeoIP file", e);
      }
    }
  }
}
