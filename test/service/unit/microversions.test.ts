import { describe, expect, it } from "vitest";
import { Fault } from "../../../src/http/faults.ts";
import { versionString } from "../../../src/http/microversions.ts";
import { microversionHeaders, requestedMicroversion } from "../../../src/http/negotiate.ts";
import { request } from "./service.ts";

const discover = (header?: string): Promise<Response> =>
  request("/v3/", { headers: header === undefined ? {} : { "OpenStack-API-Version": header } });

describe("the microversion of a request", () => {
  it("is the oldest without a header", () => {
    expect(requestedMicroversion(undefined)).toBe(0);
  });

  it.each([
    ["volume 3.0", 0],
    ["volume 3.7", 7],
    ["volume 3.55", 55],
    ["volume 3.71", 71],
  ])("is the one in '%s'", (header, minor) => {
    expect(requestedMicroversion(header)).toBe(minor);
  });

  it("is the newest for 'latest'", () => {
    expect(requestedMicroversion("volume latest")).toBe(71);
  });

  it.each([
    ["volume 3.57,compute 2.1", 57],
    ["compute 2.1,volume 3.57", 57],
    ["compute 2.1, volume 3.57, identity 3.14", 57],
    ["compute latest,volume 3.9", 9],
    ["compute abc,volume latest", 71],
    ["volumev3 3.59", 59],
    ["volumes 3.59", 59],
    ["compute 2.1, volumev3 3.57, volume 3.59", 57],
  ])("is the one of the volume service, whatever '%s' requests of others", (header, minor) => {
    expect(requestedMicroversion(header)).toBe(minor);
  });

  it("is the first if the volume service is named twice", () => {
    expect(requestedMicroversion("volume 3.57,volume 3.59")).toBe(57);
  });

  it.each(["volume 3.7 ", " volume 3.7", "volume   3.7", "volume\t3.7", "compute 2.1 , volume 3.7 "])(
    "may be surrounded by blanks, as in '%s'",
    (header) => {
      expect(requestedMicroversion(header)).toBe(7);
    },
  );
});

describe("a header without the volume service", () => {
  const message =
    "The server could not comply with the request since it is either malformed or otherwise incorrect. " +
    "OpenStack-API-Version must be of the form 'volume 3.71'.";

  it.each([
    "",
    ",",
    "volume",
    "volume ",
    "3.57",
    "latest",
    "compute 2.1",
    "VOLUME 3.57",
    "volume3.57",
    "volume:3.57",
    "volume 3.57 3.59",
    "volume,3.57",
  ])("is rejected with 400: '%s'", (header) => {
    expect(() => requestedMicroversion(header)).toThrow(new Fault(400, message));
  });
});

describe("a malformed version", () => {
  it.each([
    "abc",
    "3",
    "3.",
    ".57",
    "3.00",
    "3.07",
    "03.7",
    "0.1",
    "v3.7",
    "3.7.1",
    "3.-1",
    "-3.7",
    "+3.7",
    "3;57",
    "LATEST",
    "3.x",
    "3.5e1",
    "٣.٧",
  ])("is rejected with 400: '%s'", (version) => {
    expect(() => requestedMicroversion(`volume ${version}`)).toThrow(
      new Fault(
        400,
        `API Version String ${version} is of invalid format. Must be of format MajorNum.MinorNum.`,
      ),
    );
  });
});

describe("a version that is out of range", () => {
  const message = (version: string) =>
    `Version ${version} is not supported by the API. Minimum is 3.0 and maximum is 3.71.`;

  it.each(["3.72", "3.999", "3.99999999999999999999999", "2.1", "2.60", "4.1"])(
    "is rejected with 406, and repeated in the header of the response: %s",
    (version) => {
      const headers = { "OpenStack-API-Version": `volume ${version}`, Vary: "OpenStack-API-Version" };
      expect(() => requestedMicroversion(`volume ${version}`)).toThrow(
        new Fault(406, message(version), headers),
      );
    },
  );

  it.each(["1.0", "2.0"])(
    "is rejected with 406 without a version in the response's header: %s",
    (version) => {
      expect(() => requestedMicroversion(`volume ${version}`)).toThrow(new Fault(406, message(version)));
    },
  );
});

describe("a response", () => {
  it.each([
    [undefined, "volume 3.0"],
    ["volume 3.57", "volume 3.57"],
    ["volume latest", "volume 3.71"],
    ["volumev3 3.59", "volume 3.59"],
    ["compute 2.1,volume 3.9", "volume 3.9"],
  ])("to '%s' has the version '%s' in its header", async (asked, told) => {
    const { headers } = await discover(asked);
    expect(headers.get("OpenStack-API-Version")).toBe(told);
    expect(headers.get("Vary")).toBe("OpenStack-API-Version");
  });

  it("to a version out of range is a computeFault with the requested version", async () => {
    const response = await discover("volume 3.999");
    expect(response.status).toBe(406);
    expect(response.headers.get("OpenStack-API-Version")).toBe("volume 3.999");
    expect(response.headers.get("Vary")).toBe("OpenStack-API-Version");
    expect(await response.json()).toEqual({
      computeFault: {
        code: 406,
        message: "Version 3.999 is not supported by the API. Minimum is 3.0 and maximum is 3.71.",
      },
    });
  });

  it.each([
    ["volume 2.0", 406],
    ["volume abc", 400],
    ["volume 3.00", 400],
    ["compute 2.1", 400],
    ["volume", 400],
  ])("to '%s' is %i with a request id and without a version", async (asked, status) => {
    const response = await discover(asked);
    expect(response.status).toBe(status);
    expect(response.headers.get("OpenStack-API-Version")).toBeNull();
    expect(response.headers.get("Vary")).toBeNull();
    expect(response.headers.get("x-openstack-request-id")).toMatch(/^req-[0-9a-f-]{36}$/);
  });
});

describe("a formatted microversion", () => {
  it.each([
    [0, "3.0"],
    [7, "3.7"],
    [70, "3.70"],
  ])("%i is %s", (minor, text) => {
    expect(versionString(minor)).toBe(text);
    expect(microversionHeaders(text)).toEqual({
      "OpenStack-API-Version": `volume ${text}`,
      Vary: "OpenStack-API-Version",
    });
  });
});
