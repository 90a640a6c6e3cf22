/** SOP classes by whether their objects have Pixel Data (7FE0,0010): DICOM PS3.4, table B.5-1, and PS3.6, table A-1. */

export interface SopClasses {
  readonly exactly: ReadonlySet<string>;
  /** These, and everything below them. */
  readonly below: readonly string[];
}

const STORAGE = '1.2.840.10008.5.1.4.1.1.';

export function matches({ exactly, below }: SopClasses, uid: string): boolean {
  return (
    exactly.has(uid) ||
    below.some((root) => uid.startsWith(root) && (uid.length === root.length || uid[root.length] === '.'))
  );
}

/** Objects that never have pixels. */
export const WITHOUT_PIXELS: SopClasses = {
  exactly: new Set([
    `${STORAGE}4.2`, // MR Spectroscopy
    `${STORAGE}8`, // Standalone Overlay (retired)
    `${STORAGE}10`, // Standalone Modality LUT (retired)
    `${STORAGE}66`, // Raw Data
    `${STORAGE}66.1`, // Spatial Registration
    `${STORAGE}66.2`, // Spatial Fiducials
    `${STORAGE}66.3`, // Deformable Spatial Registration
    `${STORAGE}66.5`, // Surface Segmentation
    `${STORAGE}66.6`, // Tractography Results
    `${STORAGE}67`, // Real World Value Mapping
    `${STORAGE}77.1.5.3`, // Stereometric Relationship
    `${STORAGE}129`, // Standalone PET Curve (retired)
    `${STORAGE}131`, // Basic Structured Display
    `${STORAGE}481.3`, // RT Structure Set
    `${STORAGE}501.3`, // DICOS Threat Detection Report
    '1.2.840.10008.5.1.1.27', // Stored Print (retired)
    '1.2.840.10008.5.1.4.33', // Instance Availability Notification
    '1.2.840.10008.1.20.1', // Storage Commitment
    ...range(4, 22).map((number) => `${STORAGE}481.${number}`), // RT plans, records, radiations
    `${STORAGE}481.25`, // RT Patient Position Acquisition Instruction
  ]),
  below: [
    `${STORAGE}9`, // waveforms; Standalone Curve (retired)
    `${STORAGE}11`, // presentation states; Standalone VOI LUT (retired)
    `${STORAGE}68`, // surface scans
    `${STORAGE}78`, // lensometry, refraction, acuity, axial measurements
    `${STORAGE}79`, // Macular Grid Thickness and Volume Report
    `${STORAGE}80`, // Visual Field Static Perimetry
    `${STORAGE}88`, // structured reports, key objects
    `${STORAGE}90`, // Content Assessment Results
    `${STORAGE}91`, // Microscopy Bulk Simple Annotations
    `${STORAGE}104`, // encapsulated documents and models
    `${STORAGE}200`, // procedure protocols
    `${STORAGE}201`, // inventories
    '1.2.840.10008.5.1.4.34', // RT delivery instructions
    '1.2.840.10008.5.1.4.38', // hanging protocols
    '1.2.840.10008.5.1.4.39', // colour palettes
    '1.2.840.10008.5.1.4.43', // implant templates
    '1.2.840.10008.5.1.4.44', // implant assembly templates
    '1.2.840.10008.5.1.4.45', // implant template groups
  ],
};

/** Objects that always have pixels, unless `WITHOUT_PIXELS` names them. */
export const IMAGES: SopClasses = {
  exactly: new Set([
    `${STORAGE}66.4`, // Segmentation
    `${STORAGE}66.7`, // Label Map Segmentation
    `${STORAGE}66.8`, // Height Map Segmentation
    `${STORAGE}481.1`, // RT Image
    `${STORAGE}481.2`, // RT Dose
    `${STORAGE}481.23`, // Enhanced RT Image
    `${STORAGE}481.24`, // Enhanced Continuous RT Image
    '1.2.840.10008.5.1.1.29', // Hardcopy Grayscale (retired)
    '1.2.840.10008.5.1.1.30', // Hardcopy Color (retired)
  ]),
  below: [
    `${STORAGE}1`, // CR, DX, mammography, intra-oral
    `${STORAGE}2`, // CT
    `${STORAGE}3`, // ultrasound multi-frame
    `${STORAGE}4`, // MR
    `${STORAGE}5`, // nuclear medicine (retired)
    `${STORAGE}6`, // ultrasound
    `${STORAGE}7`, // secondary capture
    `${STORAGE}12`, // XA, XRF
    `${STORAGE}13`, // 3D X-ray, tomosynthesis
    `${STORAGE}14`, // intravascular OCT
    `${STORAGE}20`, // nuclear medicine
    `${STORAGE}30`, // Parametric Map
    `${STORAGE}77`, // visible light, ophthalmic, whole slide
    `${STORAGE}81`, // Ophthalmic Thickness Map
    `${STORAGE}82`, // Corneal Topography Map
    `${STORAGE}128`, // PET
    `${STORAGE}130`, // Enhanced PET
    `${STORAGE}501.1`, // DICOS CT
    `${STORAGE}501.2`, // DICOS DX
    `${STORAGE}601`, // eddy current, thermography
  ],
};

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
