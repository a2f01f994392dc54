# SPDX-License-Identifier: BSD-2-Clause
"""A board for the tests of explain and translate: an offset bus of 1 GiB, one that snoops, an IOMMU,
a restricted pool, and a bus whose windows move twice."""

BOARD = """/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	compatible = "test,board";
	model = "Test <Board> & \\"more\\"";
	aliases { mmc0 = "/soc/mmc@1000"; };
	memory@0 { device_type = "memory"; reg = <0 0x0 0 0x80000000>; };
	memory@100000000 { device_type = "memory"; reg = <1 0x0 0 0x80000000>; };
	reserved-memory {
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		pool: pool@8000000 {
			compatible = "restricted-dma-pool";
			reg = <0 0x8000000 0 0x400000>;
		};
		fw@1000000 { reg = <0 0x1000000 0 0x100000>; no-map; };
	};
	cpus {
		#address-cells = <1>;
		#size-cells = <0>;
		cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a72"; reg = <0>;
			d-cache-line-size = <64>; };
	};
	smmu: iommu@70000000 { reg = <0 0x70000000 0 0x1000>; #iommu-cells = <1>; };
	soc {
		compatible = "simple-bus";
		#address-cells = <1>;
		#size-cells = <1>;
		ranges = <0 0 0 0x80000000>;
		dma-ranges = <0xc0000000 0 0x0 0x40000000>;
		mmc@1000 { compatible = "test,mmc"; reg = <0x1000 0x100>; };
		mmc@2000 { compatible = "test,mmc"; reg = <0x2000 0x100>; };
		ethernet@3000 { compatible = "test,eth"; reg = <0x3000 0x100>; dma-coherent; };
	};
	fast {
		compatible = "simple-bus";
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		usb@74000000 { compatible = "test,usb"; reg = <0 0x74000000 0 0x100>;
			iommus = <&smmu 0x42>; };
		dma-controller@75000000 { compatible = "test,dma"; reg = <0 0x75000000 0 0x100>;
			#dma-cells = <1>; };
	};
	jail {
		compatible = "simple-bus";
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		wifi@76000000 { compatible = "test,wifi"; reg = <0 0x76000000 0 0x100>;
			memory-region = <&pool>; };
	};
	outer {
		compatible = "simple-bus";
		#address-cells = <1>;
		#size-cells = <1>;
		ranges = <0 0 0 0x80000000>;
		dma-ranges = <0x10000000 0 0x20000000 0x20000000>;
		inner {
			compatible = "simple-bus";
			#address-cells = <1>;
			#size-cells = <1>;
			ranges;
			dma-ranges = <0x0 0x14000000 0x1000000>, <0x4000000 0x14800000 0x1000000>;
			sata@5000 { compatible = "test,sata"; reg = <0x5000 0x100>; };
		};
	};
};
"""
MMC, ETH, USB = "/soc/mmc@1000", "/soc/ethernet@3000", "/fast/usb@74000000"
DMA, WIFI, SATA = "/fast/dma-controller@75000000", "/jail/wifi@76000000", "/outer/inner/sata@5000"
